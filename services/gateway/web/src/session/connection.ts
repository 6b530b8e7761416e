// One WebSocket to the gateway: a first request, then frames, then a half-close; responses until the server closes.
import { decodeResponse, encodeFrame, encodePose, type AnalyzeResponse, type FoundPose } from '../contract';
import { endingOf, type Ending } from './closing';

// What is sent of a moment: a JPEG, PNG or WebP file, or the skeleton in it.
export type Sight = Uint8Array | FoundPose;

export type OpenSocket = (url: string, protocols: string[]) => WebSocket;

export interface ConnectionEvents {
  onOpen(): void;
  onResponse(response: AnalyzeResponse): void;
  // Once, last. null: the session ended as it should.
  onEnd(ending: Ending | null): void;
}

const NORMAL = 1000;
const OPEN = 1; // WebSocket.readyState
const MAX_BUFFERED_BYTES = 1 << 20;

export class Connection {
  private readonly socket: WebSocket;
  private opened = false;
  private ended = false;

  constructor(
    url: string,
    first: Uint8Array, // the configuration, or what resumes a session
    private readonly events: ConnectionEvents,
    protocols: string[] = [],
    openSocket: OpenSocket = (address, offered) => new WebSocket(address, offered),
  ) {
    this.socket = openSocket(url, protocols);
    this.socket.binaryType = 'arraybuffer';
    this.socket.onopen = () => {
      this.opened = true;
      this.socket.send(first);
      events.onOpen();
    };
    this.socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (this.ended || !(data instanceof ArrayBuffer)) return;
      events.onResponse(decodeResponse(data));
    };
    this.socket.onclose = ({ code, reason }) => this.end(code === NORMAL ? null : endingOf(code, reason));
  }

  // Whether a handshake has ever succeeded.
  get wasOpen(): boolean {
    return this.opened;
  }

  // False: the network takes no more for now, or the socket is not open.
  get isReady(): boolean {
    return this.socket.readyState === OPEN && this.socket.bufferedAmount < MAX_BUFFERED_BYTES;
  }

  sendSight(sequence: number, timeMs: number, sight: Sight) {
    const encoded =
      sight instanceof Uint8Array
        ? encodeFrame(sequence, timeMs, sight)
        : encodePose(sequence, timeMs, sight);
    this.socket.send(encoded);
  }

  // Nothing more will be sent; the server answers the rest, sums up and closes.
  halfClose() {
    if (this.socket.readyState === OPEN) this.socket.send(new Uint8Array());
  }

  // Ends at once, without a further event.
  abandon() {
    this.ended = true;
    this.socket.close();
  }

  private end(ending: Ending | null) {
    if (this.ended) return;
    this.ended = true;
    this.events.onEnd(ending);
  }
}

export function analyzeUrl(location: { protocol: string; host: string }): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/analyze`;
}

// Whether the server answers plain HTTP, so that a failed handshake means that something between refuses WebSocket.
export async function answersHttp(): Promise<boolean> {
  try {
    const response = await fetch('healthz', { cache: 'no-store', signal: AbortSignal.timeout(3000) });
    return response.status < 500;
  } catch {
    return false;
  }
}
