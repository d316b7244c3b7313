package dev.lockstep.jmh.engine;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/**
 * What the client shows where a server asks for a certificate: one of P-256, of an authority of its own.
 *
 * @param authority what every server trusts
 */
record ClientIdentity(X509Certificate authority, PrivateKey key, X509Certificate certificate) {
    /** One for the whole run, since both ends must know it. */
    static final ClientIdentity SAME = create();

    private static ClientIdentity create() {
        try {
            KeyPair authority = Certificates.keyPair(true);
            KeyPair client = Certificates.keyPair(true);
            String issuer = "CN=Authority of clients";
            return new ClientIdentity(
                    Certificates.issue(issuer, authority.getPrivate(), issuer, authority.getPublic(), true),
                    client.getPrivate(),
                    Certificates.issue(issuer, authority.getPrivate(), "CN=client", client.getPublic(), false));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
