'use strict';

const { existsSync } = require('node:fs');
const { resolve } = require('node:path');

/** The machines of an ELF executable, by their numbers, as Lambda names them. */
const ARCHITECTURES = { 62: 'x86_64', 183: 'arm64' };
const MACHINE = 18;
const ON_UNIX = 3;
const MAY_BE_RUN = 0o111;

/** The entries of a zip file by their names. */
async function entriesOf(zip) {
  const entries = new Map();
  for await (const entry of zip.eachEntry()) {
    entries.set(entry.fileName, entry);
  }
  return entries;
}

/** As many bytes of an entry as its ELF header has up to the machine, or all of it. */
async function headerOf(zip, entry) {
  let header = Buffer.alloc(0);
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    header = Buffer.concat([header, chunk]);
    if (header.length >= MACHINE + 2) {
      break;
    }
  }
  return header;
}

/** Lets a package that would not start fail the packaging. */
module.exports = class Package {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { 'before:package:initialize': () => this.check(serverless.service.custom) };
  }

  async check({ package: name, architecture, iamCaBundle }) {
    const path = resolve(this.serverless.serviceDir, name);
    if (!existsSync(path)) {
      throw this.wrong(`There is no ${name}: build it with ./mvnw package -Dnative, or name another with --param=package=…`);
    }
    const zip = await require.main.require('yauzl').openPromise(path, { autoClose: false }).catch((error) => {
      throw this.wrong(`${name} is no zip file: ${error.message}`);
    });
    try {
      const entries = await entriesOf(zip);
      const bootstrap = entries.get('bootstrap');
      if (!bootstrap) {
        throw this.wrong(`${name} has no bootstrap, so it is no native build: ./mvnw package -Dnative makes one`);
      }
      const header = await headerOf(zip, bootstrap);
      if (header.length < MACHINE + 2 || header.toString('latin1', 0, 4) !== '\x7fELF') {
        throw this.wrong(`bootstrap in ${name} is no executable of Linux`);
      }
      const machine = header.readUInt16LE(MACHINE);
      if (ARCHITECTURES[machine] !== architecture) {
        const actual = ARCHITECTURES[machine] ?? `machine ${machine}`;
        throw this.wrong(`bootstrap in ${name} is for ${actual}, and the parameter architecture is ${architecture}`);
      }
      const mode = bootstrap.externalFileAttributes >>> 16;
      if (bootstrap.versionMadeBy >> 8 === ON_UNIX && (mode & MAY_BE_RUN) === 0) {
        throw this.wrong(`bootstrap in ${name} may not be run: its permissions are ${(mode & 0o777).toString(8)}`);
      }
      const bundle = /^\/var\/task\/(.*)$/.exec(iamCaBundle ?? '')?.[1];
      if (bundle !== undefined && !entries.has(bundle)) {
        throw this.wrong(`iamCaBundle is ${iamCaBundle}, and ${name} has no ${bundle}`);
      }
    } finally {
      zip.close();
    }
  }

  wrong(message) {
    return new this.serverless.classes.Error(message);
  }
};
