package dev.lockstep.conversations.provider;

import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.AlgorithmParameterSpec;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The JDK's RSA and ECDSA signatures, those of one key in one algorithm with a flipped bit. */
final class WrongProvider extends Provider {
    private static final long serialVersionUID = 1L;
    private static final Provider RSA = Security.getProvider("SunRsaSign");
    private static final Provider EC = Security.getProvider("SunEC");

    private transient volatile @Nullable PrivateKey wrongFor;
    private volatile String wrongIn = "";
    private final AtomicInteger signatures = new AtomicInteger();

    WrongProvider() {
        super("Wrong", "1", "for tests");
        addKeys(RSA, "RSA");
        addKeys(EC, "EC");
        for (String name : List.of(
                "SHA1withRSA", "SHA224withRSA", "SHA256withRSA", "SHA384withRSA", "SHA512withRSA", "RSASSA-PSS")) {
            addSignatures(RSA, name);
        }
        addSignatures(EC, "NONEwithECDSA");
    }

    /** Chooses the key and the algorithm. */
    void wrongFor(PrivateKey key, String algorithm) {
        wrongFor = key;
        wrongIn = algorithm;
    }

    /** Returns how many signatures it has made. */
    int signatures() {
        return signatures.get();
    }

    private void addKeys(Provider behind, String algorithm) {
        putService(new Service(this, "KeyFactory", algorithm, "none", null, null) {
            @Override
            public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
                return behind.getService("KeyFactory", algorithm).newInstance(parameter);
            }
        });
    }

    private void addSignatures(Provider behind, String algorithm) {
        putService(new Service(this, "Signature", algorithm, "none", null, null) {
            @Override
            public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
                return new Flipping(Signature.getInstance(algorithm, behind));
            }
        });
    }

    private boolean isWrongFor(PrivateKey key) {
        if (key instanceof RSAPrivateKey rsa && wrongFor instanceof RSAPrivateKey wrong) {
            return rsa.getModulus().equals(wrong.getModulus());
        }
        return key instanceof ECPrivateKey ec
                && wrongFor instanceof ECPrivateKey wrong
                && ec.getS().equals(wrong.getS());
    }

    private final class Flipping extends SignatureSpi {
        private final Signature behind;
        private boolean wrong;

        Flipping(Signature behind) {
            this.behind = behind;
        }

        @Override
        protected void engineInitVerify(PublicKey key) throws InvalidKeyException {
            behind.initVerify(key);
        }

        @Override
        protected void engineInitSign(PrivateKey key) throws InvalidKeyException {
            behind.initSign(key);
            wrong = behind.getAlgorithm().equals(wrongIn) && isWrongFor(key);
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
            signatures.incrementAndGet();
            byte[] signature = behind.sign();
            signature[signature.length - 1] ^= (byte) (wrong ? 1 : 0);
            return signature;
        }

        @Override
        protected boolean engineVerify(byte[] signature) throws SignatureException {
            return behind.verify(signature);
        }

        @Override
        protected void engineSetParameter(AlgorithmParameterSpec params) throws InvalidAlgorithmParameterException {
            behind.setParameter(params);
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
