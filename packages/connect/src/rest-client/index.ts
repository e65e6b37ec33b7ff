export { connectorPath, ConnectRest, type ConnectRestOptions } from "./connect-rest.ts";
