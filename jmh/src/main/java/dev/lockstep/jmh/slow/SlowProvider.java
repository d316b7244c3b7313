package dev.lockstep.jmh.slow;

import dev.lockstep.crypto.signature.LocalSigner;
import dev.lockstep.crypto.signature.SignatureAlgorithm;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECParameterSpec;
import java.util.concurrent.TimeUnit;

/** JSSE's way to a key that lives elsewhere: a provider whose signatures take their time. */
final class SlowProvider extends Provider {
    static final String NAME = "Slow";

    private static final long serialVersionUID = 1L;

    SlowProvider() {
        super(NAME, "1", "signatures that take " + SlowKind.KEY_MILLIS + " ms");
        put("Signature.SHA256withECDSA", Spi.class.getName());
        put("Signature.SHA256withECDSA SupportedKeyClasses", Key.class.getName());
    }

    /** The same key, at a distance. */
    static PrivateKey slow(PrivateKey key) {
        return new Key(LocalSigner.of(key, new SecureRandom()), ((ECPrivateKey) key).getParams());
    }

    @SuppressWarnings("serial") // it never leaves the process
    private record Key(LocalSigner signer, ECParameterSpec params) implements ECPrivateKey {
        private static final long serialVersionUID = 1L;

        @Override
        public BigInteger getS() {
            throw new UnsupportedOperationException("the key is elsewhere");
        }

        @Override
        public ECParameterSpec getParams() {
            return params;
        }

        @Override
        public String getAlgorithm() {
            return "EC";
        }

        @Override
        @SuppressWarnings("NullAway") // null says that there is no encoding
        public String getFormat() {
            return null;
        }

        @Override
        @SuppressWarnings("NullAway")
        public byte[] getEncoded() {
            return null;
        }
    }

    /** Made by JSSE through reflection. */
    public static final class Spi extends SignatureSpi {
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();
        private @org.jspecify.annotations.Nullable Key key;

        @Override
        protected void engineInitSign(PrivateKey privateKey) throws InvalidKeyException {
            if (!(privateKey instanceof Key slow)) {
                throw new InvalidKeyException("only keys made here");
            }
            key = slow;
        }

        @Override
        protected byte[] engineSign() throws SignatureException {
            Key slow = key;
            if (slow == null) {
                throw new SignatureException("no key");
            }
            try {
                TimeUnit.MILLISECONDS.sleep(SlowKind.KEY_MILLIS);
                return ProcessorTime.ofKey(
                        () -> slow.signer().sign(SignatureAlgorithm.ECDSA_SHA256, message.toByteArray()));
            } catch (Exception e) {
                throw new SignatureException(e);
            }
        }

        @Override
        protected void engineUpdate(byte b) {
            message.write(b);
        }

        @Override
        protected void engineUpdate(byte[] bytes, int offset, int length) {
            message.write(bytes, offset, length);
        }

        @Override
        protected void engineInitVerify(PublicKey publicKey) throws InvalidKeyException {
            throw new InvalidKeyException("signs only");
        }

        @Override
        protected boolean engineVerify(byte[] signature) throws SignatureException {
            throw new SignatureException("signs only");
        }

        @Override
        @SuppressWarnings("deprecation")
        protected void engineSetParameter(String parameter, Object value) {}

        @Override
        @SuppressWarnings({"deprecation", "NullAway"})
        protected Object engineGetParameter(String parameter) {
            return null;
        }
    }
}
