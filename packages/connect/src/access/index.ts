export { type ConnectUsers, readConnectUsers } from "./connect-users.ts";
export { readRestSettings, type RestSettings } from "./rest-settings.ts";
export { SIGNATURE_HEADER, signedHeaders } from "./worker-signature.ts";
