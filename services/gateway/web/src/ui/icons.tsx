// A camera's picture and how somebody should stand in it, by code of the hint.

interface Figure {
  x: number;
  y: number;
  size: number;
  faint?: boolean;
  absent?: boolean; // an outline to step into
}

const CENTRED: Figure = { x: 50, y: 41, size: 1 };
const FIGURES: Record<string, Figure[]> = {
  nobody: [{ ...CENTRED, absent: true }],
  several_people: [
    { x: 32, y: 41, size: 0.9 },
    { x: 68, y: 41, size: 0.9, faint: true },
  ],
  too_near: [{ x: 50, y: 62, size: 2.2 }],
  too_far: [{ x: 50, y: 44, size: 0.4 }],
  head_cut_off: [{ x: 50, y: 18, size: 1.1 }],
  hands_cut_off: [{ x: 8, y: 41, size: 1.1 }],
  feet_cut_off: [{ x: 50, y: 66, size: 1.1 }],
  hard_to_see: [{ ...CENTRED, faint: true }],
};
const TURNS: Record<string, string> = { turn_sideways: '90°', turn_diagonally: '45°', turn_to_front: '0°' };

// Around the hips.
function Person({ x, y, size, faint, absent }: Figure) {
  return (
    <g transform={`translate(${x} ${y}) scale(${size})`} class={absent ? 'absent' : faint ? 'faint' : ''}>
      <circle cx="0" cy="-24" r="5.5" />
      <path d="M0 -18 V2 M-11 -6 L0 -14 L11 -6 M-7 26 L0 2 L7 26" />
    </g>
  );
}

export function FramingPicture({ code }: { code: string }) {
  const turn = TURNS[code];
  return (
    <svg class="framing" viewBox="0 0 100 75" aria-hidden="true">
      <g transform={code === 'camera_tilted' ? 'rotate(-9 50 37)' : ''}>
        <rect class="frame" x="3" y="3" width="94" height="69" rx="8" />
        <clipPath id={`frame-${code}`}>
          <rect x="3" y="3" width="94" height="69" rx="8" />
        </clipPath>
        <g clip-path={`url(#frame-${code})`}>
          {(FIGURES[code] ?? [CENTRED]).map((figure) => (
            <Person key={figure.x} {...figure} />
          ))}
        </g>
        {turn && (
          <text x="90" y="20" text-anchor="end">
            {turn}
          </text>
        )}
      </g>
    </svg>
  );
}
