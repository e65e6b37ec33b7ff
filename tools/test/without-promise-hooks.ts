/**
 * Loaded into the processes of `npm test` before anything else. node:test follows every promise so as to tell which test an error that nobody took came from,
 * and an eighth of all the time went into that. Timers, sockets and the like are still followed; an error that cannot be told to be a certain test's fails the file.
 */
import asyncHooks from "node:async_hooks";

const { createHook } = asyncHooks;
asyncHooks.createHook = (callbacks) => createHook({ ...callbacks, trackPromises: false });
