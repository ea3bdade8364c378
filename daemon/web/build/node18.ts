// What browsers have and Node 18 (Debian 12's) has not as a global yet.
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto as Crypto;
