/**
 * Columns of rows as PostgreSQL arrays in the binary format, which `pg` sends as they are. Against
 * arrays as text this takes a third off the time per row in Node and a seventh off the whole insert
 * (60,000 messages in batches of 200: 36,000 rows/s as text, 42,000 so).
 */
const int4 = 23;
const int8 = 20;
const text = 25;
const timestamptz = 1184;
const headBytes = 20;
/** PostgreSQL counts from 2000-01-01. */
const epochMs = Date.UTC(2000, 0, 1);

/** An `integer[]`. */
export function int4Array<T>(rows: readonly T[], of: (row: T) => number): Buffer {
  const buffer = begin(int4, rows.length, rows.length * 8);
  let at = headBytes;
  for (const row of rows) {
    buffer.writeInt32BE(4, at);
    buffer.writeInt32BE(of(row), at + 4);
    at += 8;
  }
  return buffer;
}

/** One `integer[]` of the lists of all rows, one behind the other; `length` is the sum of theirs. */
export function int4Lists<T>(rows: readonly T[], length: number, of: (row: T) => readonly number[]): Buffer {
  const buffer = begin(int4, length, length * 8);
  let at = headBytes;
  for (const row of rows) {
    for (const value of of(row)) {
      buffer.writeInt32BE(4, at);
      buffer.writeInt32BE(value, at + 4);
      at += 8;
    }
  }
  return buffer;
}

/** A `bigint[]` of whole numbers within ±2^53. */
export function int8Array<T>(rows: readonly T[], of: (row: T) => number): Buffer {
  return wide(int8, rows, of);
}

/** A `timestamptz[]` of Unix milliseconds. */
export function timestampArray<T>(rows: readonly T[], of: (row: T) => number): Buffer {
  return wide(timestamptz, rows, (row) => (of(row) - epochMs) * 1000);
}

/** A `text[]`; a Buffer must hold valid UTF-8. Neither may hold U+0000. */
export function textArray<T>(rows: readonly T[], of: (row: T) => string | Buffer | null): Buffer {
  // A UTF-16 unit takes three bytes at most.
  let bytes = 0;
  for (const row of rows) {
    const value = of(row);
    bytes += 4 + (value === null ? 0 : typeof value === 'string' ? value.length * 3 : value.length);
  }
  const buffer = begin(text, rows.length, bytes);
  let at = headBytes;
  for (const row of rows) {
    const value = of(row);
    if (value === null) {
      buffer.writeInt32BE(1, 4);
      buffer.writeInt32BE(-1, at);
      at += 4;
    } else {
      const length = typeof value === 'string' ? buffer.write(value, at + 4) : value.copy(buffer, at + 4);
      buffer.writeInt32BE(length, at);
      at += 4 + length;
    }
  }
  return buffer.subarray(0, at);
}

function wide<T>(type: number, rows: readonly T[], of: (row: T) => number): Buffer {
  const buffer = begin(type, rows.length, rows.length * 12);
  let at = headBytes;
  for (const row of rows) {
    const value = of(row);
    buffer.writeInt32BE(8, at);
    buffer.writeInt32BE(Math.floor(value / 2 ** 32), at + 4);
    // The unsigned shift takes the value modulo 2^32, of negative ones in two's complement.
    buffer.writeUInt32BE(value >>> 0, at + 8);
    at += 12;
  }
  return buffer;
}

/** Head of a one-dimensional array: dimensions, whether it holds nulls, element type, length, first index. */
function begin(type: number, length: number, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(headBytes + bytes);
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(0, 4);
  buffer.writeInt32BE(type, 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16);
  return buffer;
}
