/** The server's credentials: certificate chains with the keys that prove them, their selection and stapling. */
package dev.lockstep.tls.credential;
