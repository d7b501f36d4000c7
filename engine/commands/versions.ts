/** The version of Redis whose replies these are. */
export const REDIS_VERSION = '7.0.15';
/** The version of this engine. A test holds it equal to the package's. */
export const VITRINE_VERSION = '0.1.0';
