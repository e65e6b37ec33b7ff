export { type Authority, createAuthority, type IssuedCertificate, issueCertificate, type CertificateWish } from "./issue-certificate.ts";
