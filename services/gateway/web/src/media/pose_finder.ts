// Finds skeletons in the browser (MediaPipe's PoseLandmarker, with the weights that the extractor has), so that pictures never
// leave the device. Everything is loaded when it is first wanted.
import type { FoundPose } from '../contract';

const bundles = import.meta.glob<string>('../gen/*.task', { query: '?url', import: 'default', eager: true });
const bundle = Object.values(bundles)[0];

// False where the page was built without the weights.
export const onDeviceIsThere = bundle !== undefined;

export interface PoseFinder {
  // What the video shows at that time; null: nobody. Times increase.
  find(video: HTMLVideoElement, timeMs: number): FoundPose | null;
}

export async function openPoseFinder(): Promise<PoseFinder> {
  if (bundle === undefined) throw new Error('this page was built without the networks');
  const [{ PoseLandmarker }, loader, binary] = await Promise.all([
    import('@mediapipe/tasks-vision'),
    import('@mediapipe/tasks-vision/vision_wasm_internal.js?url'),
    import('@mediapipe/tasks-vision/vision_wasm_internal.wasm?url'),
  ]);
  // On the CPU, whose speed is known: browsers emulate a GPU that is missing, and one frame then takes seconds.
  const landmarker = await PoseLandmarker.createFromOptions(
    { wasmLoaderPath: loader.default, wasmBinaryPath: binary.default },
    { baseOptions: { modelAssetPath: bundle, delegate: 'CPU' }, runningMode: 'VIDEO', numPoses: 1 },
  );
  let last = 0;
  return {
    find(video, timeMs) {
      last = Math.max(Math.round(timeMs), last + 1);
      const { landmarks, worldLandmarks } = landmarker.detectForVideo(video, last);
      if (!landmarks[0] || !worldLandmarks[0]) return null;
      return {
        landmarks: landmarks[0],
        world: worldLandmarks[0],
        width: video.videoWidth,
        height: video.videoHeight,
      };
    },
  };
}
