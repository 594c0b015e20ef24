'use strict';

/** The names that Lambda has for the machine numbers of ELF. */
const ARCHITECTURES = { 62: 'x86_64', 183: 'arm64' };

const LOADED = 1;
const DYNAMIC = 2;
const STRING_TABLE = 5;
const STRING_TABLE_SIZE = 10;

/** provided.al2023 has glibc 2.34. */
const GLIBC = 34;

/**
 * Reads what an ELF executable of 64 bits needs of the system that runs it.
 *
 * @throws where it is no such executable
 */
function readExecutable(elf) {
  if (elf.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') {
    throw new Error('no ELF executable of 64 bits');
  }
  const machine = elf.readUInt16LE(18);
  return { architecture: ARCHITECTURES[machine] ?? `machine ${machine}`, tooNew: newerGlibc(strings(elf)) };
}

/** The names of symbols, libraries and versions that the dynamic linker reads. Empty for a static executable. */
function strings(elf) {
  const number = (offset) => Number(elf.readBigUInt64LE(offset));
  const [first, size, count] = [number(32), elf.readUInt16LE(54), elf.readUInt16LE(56)];
  const segments = Array.from({ length: count }, (_, i) => first + i * size).map((at) => ({
    type: elf.readUInt32LE(at),
    offset: number(at + 8),
    address: number(at + 16),
    size: number(at + 32),
  }));
  const dynamic = segments.find(({ type }) => type === DYNAMIC);
  if (!dynamic) {
    return '';
  }
  const entries = new Map();
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16) {
    entries.set(number(at), number(at + 8));
  }
  const address = entries.get(STRING_TABLE);
  const segment = segments.find(
    (loaded) => loaded.type === LOADED && loaded.address <= address && address < loaded.address + loaded.size,
  );
  const start = address - segment.address + segment.offset;
  return elf.toString('latin1', start, start + entries.get(STRING_TABLE_SIZE));
}

/** The versions of symbols that a newer glibc introduced. GLIBC_ABI_… came with 2.36. */
function newerGlibc(text) {
  return [...text.matchAll(/\bGLIBC_(?:2\.(\d+)|ABI)\w*/g)].filter(([, minor]) => !(minor <= GLIBC)).map(([version]) => version);
}

module.exports = { readExecutable };
