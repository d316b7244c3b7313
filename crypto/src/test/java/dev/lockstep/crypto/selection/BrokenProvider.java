package dev.lockstep.crypto.selection;

import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyFactorySpi;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyPairGeneratorSpi;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import java.util.function.Supplier;
import javax.crypto.KeyAgreement;
import javax.crypto.KeyAgreementSpi;
import javax.crypto.SecretKey;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** A provider in front of Bouncy Castle's, with faults. */
final class BrokenProvider extends Provider {
    private static final long serialVersionUID = 1L;
    private static final Provider BEHIND = new BouncyCastleProvider();

    /** While true, every signature and verification fails. */
    volatile boolean failing;

    /** Every signature verifies. */
    volatile boolean credulous;

    /** Secrets are another's. */
    volatile boolean wrong;

    BrokenProvider() {
        super("Broken", "1", "for tests");
        add("KeyPairGenerator", "X25519", () -> new Pairs("X25519"));
        add("KeyFactory", "X25519", () -> new Keys("X25519"));
        add("KeyAgreement", "X25519", Agreement::new);
        add("KeyFactory", "EC", () -> new Keys("EC"));
        add("Signature", "NONEwithECDSA", Ecdsa::new);
    }

    private void add(String type, String algorithm, Supplier<Object> maker) {
        putService(new Service(this, type, algorithm, "none", null, null) {
            @Override
            public Object newInstance(Object parameter) {
                return maker.get();
            }
        });
    }

    private static final class Pairs extends KeyPairGeneratorSpi {
        private final KeyPairGenerator behind;

        Pairs(String type) {
            try {
                behind = KeyPairGenerator.getInstance(type, BEHIND);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void initialize(int size, SecureRandom random) {
            behind.initialize(size, random);
        }

        @Override
        public KeyPair generateKeyPair() {
            return behind.generateKeyPair();
        }
    }

    private static final class Keys extends KeyFactorySpi {
        private final KeyFactory behind;

        Keys(String type) {
            try {
                behind = KeyFactory.getInstance(type, BEHIND);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        protected PublicKey engineGeneratePublic(KeySpec spec) throws InvalidKeySpecException {
            return behind.generatePublic(spec);
        }

        @Override
        protected PrivateKey engineGeneratePrivate(KeySpec spec) throws InvalidKeySpecException {
            return behind.generatePrivate(spec);
        }

        @Override
        protected <T extends KeySpec> T engineGetKeySpec(Key key, Class<T> type) throws InvalidKeySpecException {
            return behind.getKeySpec(key, type);
        }

        @Override
        protected Key engineTranslateKey(Key key) throws InvalidKeyException {
            return behind.translateKey(key);
        }
    }

    private final class Agreement extends KeyAgreementSpi {
        private final KeyAgreement behind;

        Agreement() {
            try {
                behind = KeyAgreement.getInstance("X25519", BEHIND);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        protected void engineInit(Key key, SecureRandom random) throws InvalidKeyException {
            behind.init(key, random);
        }

        @Override
        protected void engineInit(Key key, AlgorithmParameterSpec params, SecureRandom random)
                throws InvalidKeyException {
            behind.init(key, random);
        }

        @Override
        protected Key engineDoPhase(Key key, boolean last) throws InvalidKeyException {
            if (failing) {
                throw new ProviderException("out of order");
            }
            return behind.doPhase(key, last);
        }

        @Override
        protected byte[] engineGenerateSecret() {
            byte[] secret = behind.generateSecret();
            secret[5] ^= (byte) (wrong ? 1 : 0);
            return secret;
        }

        @Override
        protected int engineGenerateSecret(byte[] out, int offset) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected SecretKey engineGenerateSecret(String algorithm) {
            throw new UnsupportedOperationException();
        }
    }

    private final class Ecdsa extends SignatureSpi {
        private final Signature behind;

        Ecdsa() {
            try {
                behind = Signature.getInstance("NONEwithECDSA", BEHIND);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        protected void engineInitVerify(PublicKey key) throws InvalidKeyException {
            behind.initVerify(key);
        }

        @Override
        protected void engineInitSign(PrivateKey key) throws InvalidKeyException {
            behind.initSign(key);
        }

        @Override
        protected void engineUpdate(byte b) throws SignatureException {
            behind.update(b);
        }

        @Override
        protected void engineUpdate(byte[] b, int off, int len) throws SignatureException {
            behind.update(b, off, len);
        }

        @Override
        protected byte[] engineSign() throws SignatureException {
            if (failing) {
                throw new ProviderException("out of order");
            }
            return behind.sign();
        }

        @Override
        protected boolean engineVerify(byte[] signature) throws SignatureException {
            if (failing) {
                throw new SignatureException("out of order");
            }
            return behind.verify(signature) || credulous;
        }

        @Override
        @Deprecated
        protected void engineSetParameter(String name, Object value) {
            throw new UnsupportedOperationException();
        }

        @Override
        @Deprecated
        protected Object engineGetParameter(String name) {
            throw new UnsupportedOperationException();
        }
    }
}
