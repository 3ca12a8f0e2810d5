const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f6_3b78 : 0);
  return crc;
});

/** The CRC-32C that LevelDB keeps of some bytes. */
export function checksum(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (let at = 0; at < bytes.length; at += 1) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[at]!) & 0xff]!;
  return masked(crc);
}

/** Whether the bytes begin with some of which this is the checksum. */
export function findChecksum(bytes: Uint8Array, wanted: number): boolean {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 0xff]!;
    if (masked(crc) === wanted) return true;
  }
  return false;
}

/** LevelDB stores checksums so that a checksum of data that holds checksums is none of them again. */
function masked(register: number): number {
  const crc = ~register >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282_ead8) >>> 0;
}
