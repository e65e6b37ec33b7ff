import type { LogFields, Logger } from "@ottla/base";

/** A logger whose lines have these fields too. */
export function namedLogger(logger: Logger, named: LogFields): Logger {
  return {
    error: (message, fields) => logger.error(message, { ...named, ...fields }),
    warn: (message, fields) => logger.warn(message, { ...named, ...fields }),
    info: (message, fields) => logger.info(message, { ...named, ...fields }),
    debug: (message, fields) => logger.debug(message, { ...named, ...fields }),
  };
}
