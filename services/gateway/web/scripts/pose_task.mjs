// Makes the bundle that MediaPipe's PoseLandmarker reads out of the BlazePose weights of @mediapipe/pose, which are the same
// networks without the metadata that says how pixels become numbers.
import { Builder, ByteBuffer } from 'flatbuffers';

const ALIGNMENT = 16;
const aligned = (size) => Math.ceil(size / ALIGNMENT) * ALIGNMENT;

// A ModelMetadata (TensorFlow Lite's metadata_schema.fbs) that says: input = (pixel - mean) / std.
function normalizationMetadata(mean, std) {
  const builder = new Builder(256);
  const floats = (value) => {
    builder.startVector(4, 1, 4);
    builder.addFloat32(value);
    return builder.endVector();
  };
  const offsets = (offset) => {
    builder.startVector(4, 1, 4);
    builder.addOffset(offset);
    return builder.endVector();
  };
  const table = (fieldCount, fill) => {
    builder.startObject(fieldCount);
    fill();
    return builder.endObject();
  };
  const [means, stds] = [floats(mean), floats(std)];
  const options = table(2, () => {
    builder.addFieldOffset(0, means, 0); // NormalizationOptions.mean
    builder.addFieldOffset(1, stds, 0); // .std
  });
  const unit = table(2, () => {
    builder.addFieldInt8(0, 1, 0); // ProcessUnit.options_type = NormalizationOptions
    builder.addFieldOffset(1, options, 0);
  });
  const image = table(2, () => builder.addFieldInt8(0, 1, 0)); // ImageProperties.color_space = RGB
  const content = table(3, () => {
    builder.addFieldInt8(0, 2, 0); // Content.content_properties_type = ImageProperties
    builder.addFieldOffset(1, image, 0);
  });
  const units = offsets(unit);
  const tensor = table(7, () => {
    builder.addFieldOffset(3, content, 0); // TensorMetadata.content
    builder.addFieldOffset(4, units, 0); // .process_units
  });
  const inputs = offsets(tensor);
  const subgraph = table(8, () => builder.addFieldOffset(2, inputs, 0)); // SubGraphMetadata.input_tensor_metadata
  const subgraphs = offsets(subgraph);
  const model = table(8, () => builder.addFieldOffset(3, subgraphs, 0)); // ModelMetadata.subgraph_metadata
  builder.finish(model, 'M001');
  return builder.asUint8Array();
}

// Fields of Model in TensorFlow Lite's schema.fbs.
const [VERSION, BUFFERS, METADATA, FIELDS] = [0, 4, 6, 8];

// A .tflite file with that metadata. Offsets in a FlatBuffer point forward, from where they stand; so a new root in front of
// the old file may point into it, and nothing of it need be written anew.
export function withNormalization(tflite, mean, std) {
  const old = new ByteBuffer(new Uint8Array(tflite));
  const root = old.readInt32(0);
  const fieldAt = (field) => {
    const offset = old.__offset(root, 4 + 2 * field);
    return offset ? root + offset : 0;
  };
  const children = (field) => {
    const at = fieldAt(field);
    if (!at) return [];
    const vector = at + old.readInt32(at);
    return Array.from({ length: old.readInt32(vector) }, (_, i) => {
      const element = vector + 4 + 4 * i;
      return element + old.readInt32(element);
    });
  };
  const [buffers, metadata] = [children(BUFFERS), children(METADATA)];
  const blob = normalizationMetadata(mean, std);
  const name = Buffer.from('TFLITE_METADATA\0');

  // Where everything stands in the new part.
  const place = {};
  let end = 8; // after the root's offset and the identifier
  const reserve = (what, size, alignment = 4) => {
    end = Math.ceil(end / alignment) * alignment;
    place[what] = end;
    end += size;
  };
  reserve('modelLayout', 4 + 2 * FIELDS);
  reserve('bufferLayout', 6);
  reserve('metadataLayout', 8);
  reserve('model', 4 + 4 * FIELDS);
  reserve('buffers', 4 + 4 * (buffers.length + 1));
  reserve('metadata', 4 + 4 * (metadata.length + 1));
  reserve('newBuffer', 8);
  reserve('newMetadata', 12);
  reserve('name', 4 + name.length);
  end = aligned(end + 4) - 4; // so that the bytes are aligned
  reserve('blob', 4 + blob.length);
  const start = aligned(end);

  const file = Buffer.alloc(start + tflite.length);
  const point = (from, to) => file.writeUInt32LE(to - from, from);
  const layout = (at, size, ...fields) =>
    [4 + 2 * fields.length, size, ...fields].forEach((v, i) => file.writeUInt16LE(v, at + 2 * i));
  const table = (at, itsLayout) => file.writeInt32LE(at - itsLayout, at);
  const vector = (at, elements) => {
    file.writeUInt32LE(elements.length, at);
    elements.forEach((element, i) => point(at + 4 + 4 * i, element));
  };
  point(0, place.model);
  file.write('TFL3', 4, 'latin1');
  const present = (field) => field === METADATA || fieldAt(field) !== 0;
  layout(
    place.modelLayout,
    4 + 4 * FIELDS,
    ...Array.from({ length: FIELDS }, (_, field) => (present(field) ? 4 + 4 * field : 0)),
  );
  layout(place.bufferLayout, 8, 4);
  layout(place.metadataLayout, 12, 4, 8);
  table(place.model, place.modelLayout);
  for (let field = 0; field < FIELDS; ++field) {
    const at = fieldAt(field);
    if (!at) continue;
    if (field === VERSION) file.writeUInt32LE(old.readUint32(at), place.model + 4 + 4 * field);
    else point(place.model + 4 + 4 * field, start + at + old.readInt32(at));
  }
  point(place.model + 4 + 4 * BUFFERS, place.buffers);
  point(place.model + 4 + 4 * METADATA, place.metadata);
  vector(place.buffers, [...buffers.map((at) => start + at), place.newBuffer]);
  vector(place.metadata, [...metadata.map((at) => start + at), place.newMetadata]);
  table(place.newBuffer, place.bufferLayout);
  point(place.newBuffer + 4, place.blob);
  table(place.newMetadata, place.metadataLayout);
  point(place.newMetadata + 4, place.name);
  file.writeUInt32LE(buffers.length, place.newMetadata + 8); // the new buffer's index
  file.writeUInt32LE(name.length - 1, place.name);
  name.copy(file, place.name + 4);
  file.writeUInt32LE(blob.length, place.blob);
  file.set(blob, place.blob + 4);
  file.set(tflite, start);
  return file;
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; ++bit) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

// A ZIP file of files that are stored as they are, which is how the runtime wants them; each at a multiple of 16 bytes.
export function storedZip(files) {
  const [parts, directory] = [[], []];
  let end = 0;
  for (const [name, bytes] of Object.entries(files)) {
    const padding = aligned(end + 30 + name.length) - (end + 30 + name.length);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(20, 4); // version needed
    header.writeUInt16LE(0x21, 12); // 1 January 1980
    header.writeUInt32LE(crc32(bytes), 14);
    header.writeUInt32LE(bytes.length, 18);
    header.writeUInt32LE(bytes.length, 22);
    header.writeUInt16LE(name.length, 26);
    header.writeUInt16LE(padding, 28);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(20, 4);
    header.copy(entry, 6, 4, 28);
    entry.writeUInt32LE(end, 42);
    parts.push(header, Buffer.from(name), Buffer.alloc(padding), bytes);
    directory.push(entry, Buffer.from(name));
    end += 30 + name.length + padding + bytes.length;
  }
  const entries = Buffer.concat(directory);
  const tail = Buffer.alloc(22);
  tail.writeUInt32LE(0x06054b50, 0);
  tail.writeUInt16LE(parts.length / 4, 8);
  tail.writeUInt16LE(parts.length / 4, 10);
  tail.writeUInt32LE(entries.length, 12);
  tail.writeUInt32LE(end, 16);
  return Buffer.concat([...parts, entries, tail]);
}
