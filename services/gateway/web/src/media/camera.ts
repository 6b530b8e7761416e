// The camera, and why there may be none.

export type Facing = 'user' | 'environment';
export type CameraProblem = 'insecure' | 'none' | 'refused' | 'busy';

export class CameraError extends Error {
  constructor(readonly problem: CameraProblem) {
    super(problem);
  }
}

function problemOf(error: unknown): CameraProblem {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'none';
}

export interface Camera {
  id: string;
  name: string;
}

// Those of this device; browsers name them once one has been allowed, and until then there are none here.
export async function namedCameras(): Promise<Camera[]> {
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- not there over plain HTTP
  const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  return devices
    .filter(({ kind, label }) => kind === 'videoinput' && label)
    .map(({ deviceId, label }) => ({ id: deviceId, name: label }));
}

// `camera`: the id of one that is wanted if it is there, or empty. Throws a CameraError.
export async function openCamera(facing: Facing, camera: string): Promise<MediaStream> {
  // Beyond localhost browsers have no camera for pages that came over plain HTTP.
  if (!window.isSecureContext) throw new CameraError('insecure');
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- old browsers
  if (!navigator.mediaDevices?.getUserMedia) throw new CameraError('none');
  const there = (await namedCameras()).some(({ id }) => id === camera);
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: {
        ...(there ? { deviceId: { exact: camera } } : { facingMode: { ideal: facing } }),
        width: { ideal: 640 },
        height: { ideal: 480 },
        frameRate: { ideal: 30 },
      },
    });
  } catch (error) {
    throw new CameraError(problemOf(error));
  }
}

export function closeCamera(stream: MediaStream) {
  for (const track of stream.getTracks()) track.stop();
}

// What the camera shows; a front camera's picture is shown mirrored.
export function facesUser(stream: MediaStream, asked: Facing): boolean {
  const told = stream.getVideoTracks()[0]?.getSettings().facingMode;
  return (told ?? asked) === 'user';
}
