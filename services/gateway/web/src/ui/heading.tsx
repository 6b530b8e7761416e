// The headline of what has just taken the place of something else. It takes the focus, which went with what was there, so that
// keyboards go on from here and screen readers tell where they are.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

export function Heading({ hidden = false, children }: { hidden?: boolean; children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    window.scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1} class={hidden ? 'visually-hidden' : ''}>
      {children}
    </h1>
  );
}
