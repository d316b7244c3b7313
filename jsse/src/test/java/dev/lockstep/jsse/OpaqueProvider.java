package dev.lockstep.jsse;

import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.InvalidParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.security.spec.AlgorithmParameterSpec;

/** Signs with {@link OpaqueKey}. */
final class OpaqueProvider extends Provider {

    private static final long serialVersionUID = 1L;

    static volatile Thread signedOn;

    OpaqueProvider() {
        super("Opaque", "1", "signs with keys that give no encoding");
        put("Signature.SHA256withECDSA", Signer.class.getName());
        put("Signature.SHA256withECDSA SupportedKeyClasses", OpaqueKey.class.getName());
        put("Signature.RSASSA-PSS", PssSigner.class.getName());
        put("Signature.RSASSA-PSS SupportedKeyClasses", OpaqueKey.class.getName());
    }

    /** ECDSA. */
    public static final class Signer extends AnySigner {
        public Signer() throws NoSuchAlgorithmException {
            super("SHA256withECDSA");
        }
    }

    /** RSASSA-PSS. */
    public static final class PssSigner extends AnySigner {
        public PssSigner() throws NoSuchAlgorithmException {
            super("RSASSA-PSS");
        }

        @Override
        protected void engineSetParameter(AlgorithmParameterSpec parameters) throws InvalidAlgorithmParameterException {
            real.setParameter(parameters);
        }
    }

    private abstract static class AnySigner extends SignatureSpi {

        final Signature real;

        AnySigner(String algorithm) throws NoSuchAlgorithmException {
            real = Signature.getInstance(algorithm);
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
