/*
 * Modules of Node that take long to load (together as long as all of this package) and that are needed late or never.
 * They come without a module system between, so that a test runner that has ended cannot refuse them.
 */

export const nodeHttps = (): typeof import('node:https') => process.getBuiltinModule('node:https');
export const nodeHttp2 = (): typeof import('node:http2') => process.getBuiltinModule('node:http2');
export const nodeTls = (): typeof import('node:tls') => process.getBuiltinModule('node:tls');
export const nodeZlib = (): typeof import('node:zlib') => process.getBuiltinModule('node:zlib');
