/** EMSA-PSS (RFC 8017 §9.1) with MGF1 and a salt as long as the digest. The names are the RFC's. */
import { createHash, randomBytes } from 'node:crypto';

interface Hash {
  readonly name: string;
  readonly bytes: number;
}

/** Encodes a digest for a modulus of `modulusBits` bits (a multiple of 8). */
export function encodePss(hash: Hash, mHash: Buffer, modulusBits: number): Buffer {
  const salt = randomBytes(hash.bytes);
  const h = hashOfM(hash, mHash, salt);
  const db = Buffer.alloc(modulusBits / 8 - hash.bytes - 1);
  db[db.length - hash.bytes - 1] = 1;
  salt.copy(db, db.length - hash.bytes);
  return Buffer.concat([masked(hash, db, h), h, Buffer.from([0xbc])]);
}

/** Whether an encoded message, as recovered with the public key, belongs to this digest. */
export function verifyPss(hash: Hash, mHash: Buffer, em: Buffer, modulusBits: number): boolean {
  if (em.length !== modulusBits / 8 || em.at(-1) !== 0xbc || (em[0] ?? 0) & 0x80) return false;
  const h = em.subarray(-hash.bytes - 1, -1);
  const db = masked(hash, em.subarray(0, -hash.bytes - 1), h);
  const salt = db.subarray(-hash.bytes);
  const padding = db.subarray(0, -hash.bytes);
  const isPadding = padding.every((byte, index) => byte === (index === padding.length - 1 ? 1 : 0));
  return isPadding && hashOfM(hash, mHash, salt).equals(h);
}

const hashOfM = (hash: Hash, mHash: Buffer, salt: Buffer) =>
  createHash(hash.name).update(Buffer.alloc(8)).update(mHash).update(salt).digest();

/** Masks or unmasks DB. The top bit is cleared, because emBits is one less than the modulus's bits. */
function masked(hash: Hash, db: Buffer, seed: Buffer): Buffer {
  const blocks: Buffer[] = [];
  for (let counter = 0; counter * hash.bytes < db.length; counter += 1) {
    const octets = Buffer.alloc(4);
    octets.writeUInt32BE(counter);
    blocks.push(createHash(hash.name).update(seed).update(octets).digest());
  }
  const mask = Buffer.concat(blocks);
  const result = Buffer.from(db.map((byte, index) => byte ^ (mask[index] ?? 0)));
  result[0] = (result[0] ?? 0) & 0x7f;
  return result;
}
