// Draws a skeleton on a canvas, in the colours of the rendered videos.
import { BONES, JOINTS, LEFT_EAR, NOSE, RIGHT_EAR, type Side } from '../model/joints';
import { pointIn, type Place } from '../model/geometry';
import type { Watched } from '../model/types';

const COLOURS: Record<Side, string> = { left: '#38bdf8', right: '#a78bfa', middle: '#f8fafc' };
const WATCHED = { slightly: '#fb923c', clearly: '#f85454' };
const CLEARLY_VISIBLE = 0.5;

export function drawSkeleton(
  context: CanvasRenderingContext2D,
  place: Place,
  joints: Float32Array,
  watched: readonly Watched[],
) {
  const at = (joint: number) => ({
    ...pointIn(place, joints[joint * 3] ?? 0, joints[joint * 3 + 1] ?? 0),
    opacity: (joints[joint * 3 + 2] ?? 0) >= CLEARLY_VISIBLE ? 0.95 : 0.3,
  });
  const unit = Math.max(1.5, Math.min(place.width, place.height) / 130);

  const line = (from: number, to: number, width: number, colour: string, shadow = false) => {
    const [a, b] = [at(from), at(to)];
    context.globalAlpha = Math.min(a.opacity, b.opacity) * (shadow ? 0.5 : 1);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(a.x, a.y);
    context.lineTo(b.x, b.y);
    context.stroke();
  };
  context.lineCap = 'round';
  for (const { from, to } of BONES) line(from, to, unit * 2.2, '#0b101a', true);
  for (const { from, to, side } of BONES) line(from, to, unit * 1.3, COLOURS[side]);
  drawHead(context, at(NOSE), at(LEFT_EAR), at(RIGHT_EAR), unit);

  for (const { joint, level } of watched) {
    const index = JOINTS.indexOf(joint);
    if (index < 0) continue;
    const { x, y } = at(index);
    context.globalAlpha = 1;
    context.fillStyle = context.strokeStyle = WATCHED[level];
    context.lineWidth = unit * 0.9;
    context.beginPath();
    context.arc(x, y, unit * 4.4, 0, 2 * Math.PI);
    context.stroke();
    context.beginPath();
    context.arc(x, y, unit * 1.8, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
}

interface Spot {
  x: number;
  y: number;
  opacity: number;
}

function drawHead(context: CanvasRenderingContext2D, nose: Spot, left: Spot, right: Spot, unit: number) {
  const centre = { x: (left.x + right.x + nose.x) / 3, y: (left.y + right.y + nose.y) / 3 };
  const radius = Math.max(
    unit * 3,
    ...[nose, left, right].map(({ x, y }) => Math.hypot(x - centre.x, y - centre.y) * 1.25),
  );
  context.globalAlpha = nose.opacity;
  context.strokeStyle = COLOURS.middle;
  context.lineWidth = unit * 1.1;
  context.beginPath();
  context.arc(centre.x, centre.y, radius, 0, 2 * Math.PI);
  context.stroke();
}
