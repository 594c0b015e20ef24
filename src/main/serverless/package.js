'use strict';

const { X509Certificate } = require('node:crypto');
const { existsSync } = require('node:fs');
const { resolve } = require('node:path');
const { buffer } = require('node:stream/consumers');
const { readExecutable } = require('./executable.js');

const UNIX = 3;
const READ_BY_OTHERS = 0o004;
const RUN_BY_OTHERS = 0o001;

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

/**
 * Says what is wrong with a PEM file of certificates, as the start of the function does (CertificateBundle). Only certificates
 * count, and all else in the file is skipped.
 */
function faultOfBundle(text) {
  let number = 0;
  for (let begin = text.indexOf(BEGIN); begin >= 0; begin = text.indexOf(BEGIN, begin + BEGIN.length)) {
    number += 1;
    const end = text.indexOf(END, begin);
    const base64 = text.slice(begin + BEGIN.length, Math.max(end, begin)).replace(/\s/g, '');
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || !isCertificate(Buffer.from(base64, 'base64'))) {
      return `certificate ${number} of the file is cut short or not in base64`;
    }
  }
  return number === 0 ? `the file has no line ${BEGIN}` : undefined;
}

function isCertificate(der) {
  try {
    return Boolean(new X509Certificate(der));
  } catch {
    return false;
  }
}

/** Fails the packaging where the function could not start from its zip. */
module.exports = class Package {
  static faultOfBundle = faultOfBundle;

  constructor(serverless) {
    this.serverless = serverless;
    const check = () => this.check(serverless.service.custom);
    this.hooks = { 'before:package:initialize': check, 'before:deploy:function:packageFunction': check };
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
      const entries = new Map();
      for await (const entry of zip.eachEntry()) {
        entries.set(entry.fileName, entry);
      }
      const read = async (entry) => buffer(await zip.openReadStreamPromise(entry));
      if (!entries.has('bootstrap')) {
        throw this.wrong(`${name} has no bootstrap, so it is no native build: ./mvnw package -Dnative makes one`);
      }
      this.checkExecutable(name, await read(entries.get('bootstrap')), architecture);
      entries.forEach((entry) => this.checkPermissions(name, entry));
      const bundle = /^\/var\/task\/(.*)$/.exec(iamCaBundle ?? '')?.[1];
      if (bundle !== undefined && !entries.has(bundle)) {
        throw this.wrong(`iamCaBundle is ${iamCaBundle}, and ${name} has no ${bundle}`);
      }
      const fault = bundle === undefined ? undefined : faultOfBundle((await read(entries.get(bundle))).toString('latin1'));
      if (fault) {
        throw this.wrong(`${bundle} in ${name} is no iamCaBundle: ${fault}`);
      }
    } finally {
      zip.close();
    }
  }

  checkExecutable(name, bootstrap, architecture) {
    let needs;
    try {
      needs = readExecutable(bootstrap);
    } catch {
      throw this.wrong(`bootstrap in ${name} is no executable of Linux`);
    }
    if (needs.architecture !== architecture) {
      throw this.wrong(`bootstrap in ${name} is for ${needs.architecture}, and the parameter architecture is ${architecture}`);
    }
    if (needs.tooNew.length > 0) {
      throw this.wrong(
        `bootstrap in ${name} needs ${needs.tooNew.join(' and ')}, and the runtime provided.al2023 has glibc 2.34: ` +
          'build it where glibc is not newer, such as in a container with -Dquarkus.native.container-build=true',
      );
    }
  }

  /** The function runs as another user than the owner of its files. Only zips that were made on Unix have permissions. */
  checkPermissions(name, { fileName, versionMadeBy, externalFileAttributes }) {
    const run = fileName === 'bootstrap' || fileName.endsWith('/');
    const needed = READ_BY_OTHERS | (run ? RUN_BY_OTHERS : 0);
    const mode = externalFileAttributes >>> 16;
    if (versionMadeBy >> 8 === UNIX && (mode & needed) !== needed) {
      throw this.wrong(
        `${fileName} in ${name} has permissions ${(mode & 0o777).toString(8)}, and the function, which runs as another user, ` +
          `must ${run ? 'read and run' : 'read'} it: chmod ${run ? 755 : 644} ${fileName}, and zip it again`,
      );
    }
  }

  wrong(message) {
    return new this.serverless.classes.Error(message);
  }
};
