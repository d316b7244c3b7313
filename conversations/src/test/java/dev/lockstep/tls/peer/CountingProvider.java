package dev.lockstep.tls.peer;

import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;

/** Counts how often the JDK verifies an ECDSA signature over SHA-256 on this thread, wherever it is asked from. */
final class CountingProvider extends Provider implements AutoCloseable {

    private static final long serialVersionUID = 1L;
    private static final ThreadLocal<Integer> VERIFIED = ThreadLocal.withInitial(() -> 0);

    private CountingProvider() {
        super("Counting", "1", "counts signatures that are verified");
        put("Signature.SHA256withECDSA", Counting.class.getName());
    }

    /** Installs it before the JDK's own until it is closed. */
    static CountingProvider installed() {
        CountingProvider provider = new CountingProvider();
        Security.insertProviderAt(provider, 1);
        VERIFIED.set(0);
        return provider;
    }

    int verified() {
        return VERIFIED.get();
    }

    void restart() {
        VERIFIED.set(0);
    }

    @Override
    public void close() {
        Security.removeProvider(getName());
    }

    /** The JDK's implementation, and a number. */
    public static final class Counting extends SignatureSpi {

        private final Signature real;

        public Counting() throws java.security.GeneralSecurityException {
            real = Signature.getInstance("SHA256withECDSA", "SunEC");
        }

        @Override
        protected void engineInitVerify(PublicKey key) throws InvalidKeyException {
            real.initVerify(key);
        }

        @Override
        protected void engineInitSign(PrivateKey key) throws InvalidKeyException {
            real.initSign(key);
        }

        @Override
        protected void engineUpdate(byte b) throws SignatureException {
            real.update(b);
        }

        @Override
        protected void engineUpdate(byte[] bytes, int offset, int length) throws SignatureException {
            real.update(bytes, offset, length);
        }

        @Override
        protected byte[] engineSign() throws SignatureException {
            return real.sign();
        }

        @Override
        protected boolean engineVerify(byte[] signature) throws SignatureException {
            VERIFIED.set(VERIFIED.get() + 1);
            return real.verify(signature);
        }

        @Override
        @Deprecated
        protected void engineSetParameter(String name, Object value) {
            throw new UnsupportedOperationException(name);
        }

        @Override
        @Deprecated
        protected Object engineGetParameter(String name) {
            throw new UnsupportedOperationException(name);
        }
    }
}
