// BlazePose's 33 joints, in its order.
// prettier-ignore
export const JOINTS = [
  'nose', 'left_eye_inner', 'left_eye', 'left_eye_outer', 'right_eye_inner', 'right_eye', 'right_eye_outer',
  'left_ear', 'right_ear', 'mouth_left', 'mouth_right', 'left_shoulder', 'right_shoulder', 'left_elbow',
  'right_elbow', 'left_wrist', 'right_wrist', 'left_pinky', 'right_pinky', 'left_index', 'right_index',
  'left_thumb', 'right_thumb', 'left_hip', 'right_hip', 'left_knee', 'right_knee', 'left_ankle', 'right_ankle',
  'left_heel', 'right_heel', 'left_foot_index', 'right_foot_index',
];

export type Side = 'left' | 'right' | 'middle';

const bone = (from: string, to: string) => {
  const sides = [from, to].map((name) => name.split('_')[0]);
  const side: Side = sides[0] !== sides[1] ? 'middle' : sides[0] === 'left' ? 'left' : 'right';
  return { from: JOINTS.indexOf(from), to: JOINTS.indexOf(to), side };
};

const LIMBS = [
  ['shoulder', 'hip'],
  ['hip', 'knee'],
  ['knee', 'ankle'],
  ['ankle', 'foot_index'],
  ['shoulder', 'elbow'],
  ['elbow', 'wrist'],
  ['wrist', 'index'],
] as const;

export const BONES = [
  bone('left_shoulder', 'right_shoulder'),
  bone('left_hip', 'right_hip'),
  ...LIMBS.flatMap(([from, to]) => [
    bone(`left_${from}`, `left_${to}`),
    bone(`right_${from}`, `right_${to}`),
  ]),
];

export const NOSE = 0;
export const LEFT_EAR = 7;
export const RIGHT_EAR = 8;

// The corner of each angle that an exercise can be driven by, between two other joints; left, then right.
export const ANGLES = [
  ['shoulder', 'elbow', 'wrist'],
  ['elbow', 'shoulder', 'hip'],
  ['shoulder', 'hip', 'knee'],
  ['hip', 'knee', 'ankle'],
].map((names) => ['left', 'right'].map((side) => names.map((name) => JOINTS.indexOf(`${side}_${name}`))));
