export { type ConnectUsers, readConnectUsers } from "./connect-users.ts";
export { readRestSettings, type RestSettings } from "./rest-settings.ts";
