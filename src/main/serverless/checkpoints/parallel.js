'use strict';

const { Unauthorized } = require('./service.js');

const AT_A_TIME = 16;

let interrupted = false;

/** After the first Ctrl-C nothing new is begun, and the calls under way come to their end. A second one ends the process. */
process.once('SIGINT', () => {
  interrupted = true;
  console.error('Interrupted: waiting for the calls under way');
});

const isInterrupted = () => interrupted;

/**
 * Does the work for each item, for several at a time.
 *
 * @returns the results in the order of the items: { value } or { error }; no element for an item that was not begun
 * @throws the error of a call that was not authorized, because it is that of all other calls, too
 */
async function inParallel(items, work) {
  const results = [];
  let next = 0;
  let unauthorized;
  const worker = async () => {
    while (next < items.length && !interrupted && !unauthorized) {
      const index = next++;
      try {
        results[index] = { value: await work(items[index]) };
      } catch (error) {
        results[index] = { error };
        if (error instanceof Unauthorized) {
          unauthorized = error;
        }
      }
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  if (unauthorized) {
    throw unauthorized;
  }
  return results;
}

module.exports = { inParallel, isInterrupted };
