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

// Throws a CameraError.
export async function openCamera(facing: Facing): Promise<MediaStream> {
  // Beyond localhost browsers have no camera for pages that came over plain HTTP.
  if (!window.isSecureContext) throw new CameraError('insecure');
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- old browsers
  if (!navigator.mediaDevices?.getUserMedia) throw new CameraError('none');
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: {
        facingMode: { ideal: facing },
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
