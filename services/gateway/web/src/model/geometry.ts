// Where a picture lies in the box that shows it (CSS object-fit: contain), and points of the picture in it.

export interface Size {
  width: number;
  height: number;
}

export interface Place extends Size {
  left: number;
  top: number;
  mirrored: boolean;
}

export function contain(picture: Size, box: Size, mirrored = false): Place {
  const scale = Math.min(box.width / picture.width, box.height / picture.height) || 0;
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { left: (box.width - width) / 2, top: (box.height - height) / 2, width, height, mirrored };
}

// Fractions of the picture -> pixels of the box.
export function pointIn(place: Place, x: number, y: number): { x: number; y: number } {
  return {
    x: place.left + (place.mirrored ? 1 - x : x) * place.width,
    y: place.top + y * place.height,
  };
}

// No side longer than `side`; whole pixels, the proportions kept.
export function shrunk(picture: Size, side: number): Size {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  return { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) };
}
