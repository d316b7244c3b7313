package dev.lockstep.jsse;

import java.security.InvalidKeyException;
import java.security.InvalidParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;

/** Signs with {@link OpaqueKey}. */
final class OpaqueProvider extends Provider {

    private static final long serialVersionUID = 1L;

    static volatile Thread signedOn;

    OpaqueProvider() {
        super("Opaque", "1", "signs with keys that give no encoding");
        put("Signature.SHA256withECDSA", Signer.class.getName());
        put("Signature.SHA256withECDSA SupportedKeyClasses", OpaqueKey.class.getName());
    }

    /** The only algorithm there is. */
    public static final class Signer extends SignatureSpi {

        private final Signature real;

        public Signer() throws NoSuchAlgorithmException {
            real = Signature.getInstance("SHA256withECDSA");
        }

        @Override
        protected void engineInitVerify(PublicKey key) throws InvalidKeyException {
            throw new InvalidKeyException("signs only");
        }

        @Override
        protected void engineInitSign(PrivateKey key) throws InvalidKeyException {
            if (!(key instanceof OpaqueKey opaque)) {
                throw new InvalidKeyException("not mine");
            }
            real.initSign(opaque.inside);
        }

        @Override
        protected void engineUpdate(byte b) throws SignatureException {
            real.update(b);
        }

        @Override
        protected void engineUpdate(byte[] b, int off, int len) throws SignatureException {
            real.update(b, off, len);
        }

        @Override
        protected byte[] engineSign() throws SignatureException {
            signedOn = Thread.currentThread();
            return real.sign();
        }

        @Override
        protected boolean engineVerify(byte[] signature) {
            return false;
        }

        @Override
        @Deprecated
        protected void engineSetParameter(String param, Object value) {
            throw new InvalidParameterException(param);
        }

        @Override
        @Deprecated
        protected Object engineGetParameter(String param) {
            throw new InvalidParameterException(param);
        }
    }
}
