// The messages on the wire: one AnalyzeRequest or AnalyzeResponse in each binary WebSocket message.
import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import {
  AnalyzeRequestSchema,
  AnalyzeResponseSchema,
  DeliveryMode,
  type AnalyzeResponse,
} from './gen/trackfit/v1/gateway_pb';

export type { AnalyzeResponse, SessionSummary } from './gen/trackfit/v1/gateway_pb';
export type { Assessment, FrameResult, Pose } from './gen/trackfit/v1/common_pb';
export { FrameStatus, NoticeCode, QualityLevel } from './gen/trackfit/v1/common_pb';
export { FindingLevel, type Repetition } from './gen/trackfit/v1/coaching_pb';

export interface SessionOptions {
  delivery: 'live' | 'lossless';
  expectedExercise: string; // empty: whatever is recognised
  language: string;
  voice: string;
}

const encode = (request: MessageInitShape<typeof AnalyzeRequestSchema>['request']) =>
  toBinary(AnalyzeRequestSchema, create(AnalyzeRequestSchema, request ? { request } : {}));

export function encodeConfig(options: SessionOptions): Uint8Array {
  const { delivery, expectedExercise, language, voice } = options;
  return encode({
    case: 'config',
    value: {
      expectedExercise,
      delivery: delivery === 'live' ? DeliveryMode.LIVE : DeliveryMode.LOSSLESS,
      coach: { language, voice },
      resumable: true,
    },
  });
}

// Goes on with a session, instead of a configuration. `lastNumber` is of the last response that arrived.
export function encodeResume(token: string, lastNumber: bigint): Uint8Array {
  return encode({ case: 'config', value: { resume: { token, lastNumber } } });
}

// `timeMs` from any origin, strictly increasing; `picture` is a JPEG, PNG or WebP file.
export function encodeFrame(sequence: number, timeMs: number, picture: Uint8Array): Uint8Array {
  return encode({
    case: 'frame',
    value: {
      sequence: BigInt(sequence),
      timestampUs: BigInt(Math.round(timeMs * 1000)),
      image: { case: 'encoded', value: picture },
    },
  });
}

export interface FoundPose {
  landmarks: { x: number; y: number; z: number; visibility: number }[]; // 33, as fractions of the picture
  world: { x: number; y: number; z: number; visibility: number }[]; // 33, metres
  width: number; // of the picture, pixels
  height: number;
}

// A skeleton that was found here, instead of the picture.
export function encodePose(sequence: number, timeMs: number, pose: FoundPose): Uint8Array {
  return encode({
    case: 'pose',
    value: {
      sequence: BigInt(sequence),
      timestampUs: BigInt(Math.round(timeMs * 1000)),
      landmarks: pose.landmarks,
      worldLandmarks: pose.world,
      score: 1,
      imageWidth: pose.width,
      imageHeight: pose.height,
    },
  });
}

// Throws when the bytes are no such message.
export function decodeResponse(bytes: ArrayBuffer): AnalyzeResponse {
  return fromBinary(AnalyzeResponseSchema, new Uint8Array(bytes));
}
