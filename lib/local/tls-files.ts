/** The certificate and key by which the local host serves https. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface TlsFiles {
  /** PEM; the certificate may be followed by those that issued it. */
  readonly cert: Buffer;
  readonly key: Buffer;
}

/**
 * Reads what TLS_CERT and TLS_KEY name, and checks that it can serve `localhost`: the issuer is that name, and a client
 * that refuses the certificate says less about the reason.
 * @throws Error of one line that names the variable and the file
 */
export function readTlsFiles(certFile: string, keyFile: string): TlsFiles {
  const [cert, certificate] = read('TLS_CERT', certFile, 'a certificate', (pem) => new X509Certificate(pem));
  const [key, privateKey] = read('TLS_KEY', keyFile, 'a private key without a passphrase', privateKeyOf);
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new Error(`The key in ${keyFile} (TLS_KEY) is not that of the certificate in ${certFile} (TLS_CERT)`);
  }
  if (certificate.checkHost('localhost') === undefined) {
    throw new Error(`The certificate in ${certFile} (TLS_CERT) is not for localhost: ${namesOf(certificate)}`);
  }
  return { cert, key };
}

function read<T>(variable: string, file: string, kind: string, parse: (pem: Buffer) => T): [Buffer, T] {
  const pem = contentOf(variable, file);
  try {
    return [pem, parse(pem)];
  } catch (error) {
    throw new Error(`${file} (${variable}) is not ${kind} in PEM`, { cause: error });
  }
}

function contentOf(variable: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`Cannot read ${file} (${variable}): ${(error as Error).message}`, { cause: error });
  }
}

const privateKeyOf = (pem: Buffer): KeyObject => createPrivateKey(pem);

const namesOf = ({ subjectAltName, subject }: X509Certificate) =>
  (subjectAltName ?? subject ?? 'it names nothing').replaceAll('\n', ', ');
