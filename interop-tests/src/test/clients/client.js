// A client on Node's tls module for the interop tests; arguments, output and exit status as in client.go.
'use strict';
const fs = require('fs');
const tls = require('tls');

const [port, host, ca, cert, key, connections] = process.argv.slice(2);
const payload = fs.readFileSync(0);
const refusals = new Set(['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT', 'CERT_SIGNATURE_FAILURE']);

function talk(number, session) {
  const options = {
    host: '127.0.0.1', port: Number(port), servername: host, ca: fs.readFileSync(ca), maxVersion: 'TLSv1.2', session,
  };
  if (cert !== '-') {
    options.cert = fs.readFileSync(cert);
    options.key = fs.readFileSync(key);
  }
  const received = [];
  let length = 0;
  let line = '';
  let learned = session;
  const socket = tls.connect(options, () => {
    line = `connection ${number}: version=${socket.getProtocol()} ` +
      `resumed=${socket.isSessionReused() ? 'yes' : 'no'} suite=${socket.getCipher().standardName}`;
    learned = socket.getSession();
    socket.write(payload);
  });
  socket.setTimeout(20000, () => socket.destroy(new Error('timeout')));
  socket.on('data', (chunk) => {
    received.push(chunk);
    length += chunk.length;
    if (length >= payload.length) {
      socket.end();
    }
  });
  socket.on('error', (error) => {
    console.log(refusals.has(error.code) ? 'certificate refused:' : 'failed:', error.code, error.message);
    process.exit(refusals.has(error.code) ? 2 : 1);
  });
  socket.on('end', () => {
    if (!Buffer.concat(received).equals(payload)) {
      console.log('failed: the echo differs');
      process.exit(1);
    }
  });
  socket.on('close', () => {
    console.log(line);
    if (number < Number(connections)) {
      talk(number + 1, learned);
    }
  });
}

talk(1, undefined);
