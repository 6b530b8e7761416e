// A picture and what is drawn upon it, in one box.
import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';

interface StageProps {
  video: RefObject<HTMLVideoElement>;
  overlay: RefObject<HTMLCanvasElement>;
  mirrored?: boolean;
  aspect: number;
  label: string;
  onResize?: () => void;
  children?: preact.ComponentChildren;
}

export function Stage({ video, overlay, mirrored = false, aspect, label, onResize, children }: StageProps) {
  useEffect(() => {
    const canvas = overlay.current;
    if (!canvas) return undefined;
    const observer = new ResizeObserver(() => {
      const density = Math.min(2, window.devicePixelRatio);
      canvas.width = Math.round(canvas.clientWidth * density);
      canvas.height = Math.round(canvas.clientHeight * density);
      onResize?.();
    });
    observer.observe(canvas);
    return () => observer.disconnect();
  }, [overlay, onResize]);
  return (
    <div class="stage" style={{ '--aspect': aspect }}>
      <video ref={video} class={mirrored ? 'mirrored' : ''} playsInline muted aria-label={label} />
      <canvas ref={overlay} aria-hidden="true" />
      {children}
    </div>
  );
}
