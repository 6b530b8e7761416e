// Responses as the gateway sends them, and a socket that the test is the other end of.
import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import type { Rep } from '../src/model/types';
import {
  AnalyzeRequestSchema,
  AnalyzeResponseSchema,
  type AnalyzeRequest,
  type AnalyzeResponse,
} from '../src/gen/trackfit/v1/gateway_pb';

type Response = MessageInitShape<typeof AnalyzeResponseSchema>['response'];

export function response(value: Response, notices: string[] = []): AnalyzeResponse {
  return create(AnalyzeResponseSchema, {
    ...(value ? { response: value } : {}),
    notices: notices.map((message) => ({ message })),
  });
}

export const started = response({
  case: 'started',
  value: { exercises: ['squat'], coachedExercises: ['squat', 'plank'] },
});

// The same of a session that can be resumed for half a minute.
export const resumable = numbered(
  response({ case: 'started', value: { resumeToken: 'secret', resumeSeconds: 30 } }),
  1,
);

export function numbered(message: AnalyzeResponse, number: number): AnalyzeResponse {
  return create(AnalyzeResponseSchema, { ...message, number: BigInt(number) });
}

export function resumed(nextSequence: number): AnalyzeResponse {
  return response({ case: 'resumed', value: { nextSequence: BigInt(nextSequence) } });
}

export function answer(sequence: number): AnalyzeResponse {
  return response({ case: 'frameResult', value: { sequence: BigInt(sequence) } });
}

export function repetition(
  set: number,
  number: number,
  startMs: number,
  exercise = 'squat',
): AnalyzeResponse {
  return response({
    case: 'repetition',
    value: {
      set,
      number,
      exercise,
      startUs: BigInt(startMs * 1000),
      endUs: BigInt((startMs + 2000) * 1000),
      complete: true,
      correct: true,
      score: 90,
    },
  });
}

export const rep = (changes: Partial<Rep>): Rep => ({
  set: 1,
  number: 1,
  exercise: 'squat',
  title: 'Squat',
  firstSequence: 0,
  lastSequence: 0,
  startMs: 0,
  endMs: 2000,
  complete: true,
  correct: true,
  score: 100,
  range: 1,
  loweringMs: 900,
  pauseMs: 100,
  liftingMs: 1000,
  heldMs: 0,
  findings: [],
  ...changes,
});

export class FakeSocket {
  static readonly all: FakeSocket[] = [];
  binaryType = '';
  readyState = 0;
  bufferedAmount = 0;
  readonly sent: Uint8Array[] = [];
  onopen: () => void = () => undefined;
  onmessage: (event: { data: unknown }) => void = () => undefined;
  onclose: (event: { code: number; reason: string }) => void = () => undefined;

  protocols: string[] = [];

  static readonly open = (_url: string, protocols: string[]): WebSocket => {
    const socket = new FakeSocket();
    socket.protocols = protocols;
    FakeSocket.all.push(socket);
    return socket as unknown as WebSocket;
  };
  static get latest(): FakeSocket {
    const socket = FakeSocket.all.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  }

  send(data: Uint8Array) {
    this.sent.push(data);
  }
  close() {
    this.readyState = 3;
  }

  accept() {
    this.readyState = 1;
    this.onopen();
  }
  deliver(message: AnalyzeResponse) {
    this.onmessage({ data: toBinary(AnalyzeResponseSchema, message).slice().buffer });
  }
  drop(code: number, reason = '') {
    this.readyState = 3;
    this.onclose({ code, reason });
  }
  get requests(): AnalyzeRequest[] {
    return this.sent.map((bytes) => fromBinary(AnalyzeRequestSchema, bytes));
  }
}
