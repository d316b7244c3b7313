package dev.lockstep.servers;

import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A JCA provider whose keys take their time, as that of a token or of a cloud does: JSSE's way to a key that lives elsewhere. */
final class SlowSignatures extends Provider {

    private static final long serialVersionUID = 1L;

    SlowSignatures() {
        super("SlowSignatures", "1", "keys that take their time");
        for (String algorithm : List.of("SHA256withECDSA", "SHA384withECDSA", "SHA512withECDSA")) {
            putService(new Service(this, "Signature", algorithm, Spi.class.getName(), List.of(), Map.of()) {
                @Override
                public Object newInstance(Object parameter) {
                    return new Spi(algorithm);
                }

                @Override
                public boolean supportsParameter(Object parameter) {
                    return parameter instanceof Key;
                }
            });
        }
    }

    /** @param millis what a signature takes; the key itself is in memory */
    record Key(PrivateKey key, long millis) implements PrivateKey {
        private static final long serialVersionUID = 1L;

        @Override
        public String getAlgorithm() {
            return key.getAlgorithm();
        }

        @Override
        public String getFormat() {
            return null;
        }

        @Override
        public byte[] getEncoded() {
            return null;
        }
    }

    private static final class Spi extends SignatureSpi {
        private final String algorithm;
        private Signature signature;
        private long millis;

        Spi(String algorithm) {
            this.algorithm = algorithm;
        }

        @Override
        protected void engineInitSign(PrivateKey privateKey) throws InvalidKeyException {
            try {
                Key slow = (Key) privateKey;
                millis = slow.millis();
                signature = Signature.getInstance(algorithm);
                signature.initSign(slow.key());
            } catch (java.security.NoSuchAlgorithmException e) {
                throw new InvalidKeyException(e);
            }
        }

        @Override
        protected byte[] engineSign() throws SignatureException {
            try {
                TimeUnit.MILLISECONDS.sleep(millis);
            } catch (InterruptedException e) {
                throw new SignatureException(e);
            }
            return signature.sign();
        }

        @Override
        protected void engineUpdate(byte b) throws SignatureException {
            signature.update(b);
        }

        @Override
        protected void engineUpdate(byte[] bytes, int offset, int length) throws SignatureException {
            signature.update(bytes, offset, length);
        }

        @Override
        protected void engineInitVerify(PublicKey publicKey) throws InvalidKeyException {
            throw new InvalidKeyException("signs only");
        }

        @Override
        protected boolean engineVerify(byte[] sigBytes) throws SignatureException {
            throw new SignatureException("signs only");
        }

        @Override
        @SuppressWarnings("deprecation")
        protected void engineSetParameter(String parameter, Object value) {}

        @Override
        @SuppressWarnings("deprecation")
        protected Object engineGetParameter(String parameter) {
            return null;
        }
    }
}
