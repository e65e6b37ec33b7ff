/** The largest port number. */
export const PORT_MAX = 65_535;
