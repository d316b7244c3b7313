package dev.lockstep.jmh.bench;

import dev.lockstep.crypto.aead.Aead;
import dev.lockstep.crypto.aead.AeadAlgorithm;
import dev.lockstep.crypto.group.EphemeralKey;
import dev.lockstep.crypto.group.Group;
import dev.lockstep.crypto.group.InvalidPublicValueException;
import dev.lockstep.crypto.rsa.RsaDecryption;
import dev.lockstep.crypto.signature.LocalSigner;
import dev.lockstep.crypto.signature.SignatureAlgorithm;
import dev.lockstep.crypto.signature.SignatureVerifier;
import dev.lockstep.crypto.source.PrimitiveSources;
import dev.lockstep.jmh.engine.Providers;
import dev.lockstep.tls.provider.CryptoProviders;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Each primitive that a provider may compute, through the classes that the connection uses. It has the order of the table in
 * {@code Primitive}: {@code java -cp benchmarks.jar org.openjdk.jmh.Main PrimitiveBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PrimitiveBenchmark {
    /** What computes. */
    public enum Source {
        JAVA,
        CONSCRYPT,
        ACCP
    }

    private static final int RECORD = 1 << 14;

    @Param
    public Source source = Source.JAVA;

    private final SecureRandom random = new SecureRandom();
    private final byte[] message = new byte[133];
    private final byte[] nonce = new byte[12];
    private final byte[] header = new byte[13];
    private final byte[] plain = new byte[RECORD];
    private final byte[] sealed = new byte[5 + RECORD + 16];
    private final byte[] opened = new byte[RECORD];
    private PrimitiveSources sources;
    private LocalSigner ec;
    private LocalSigner rsa;
    private SignatureVerifier ecVerifier;
    private SignatureVerifier rsaVerifier;
    private RsaDecryption decryption;
    private byte[] ecSignature;
    private byte[] rsaSignature;
    private Aead seal;
    private Aead open;

    @Setup
    public void prepare() throws GeneralSecurityException {
        CryptoProviders providers =
                switch (source) {
                    case JAVA -> CryptoProviders.NONE;
                    case CONSCRYPT -> CryptoProviders.of(Providers.conscrypt());
                    case ACCP -> CryptoProviders.of(Providers.accp());
                };
        sources = providers.sources();
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair ecPair = generator.generateKeyPair();
        generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair rsaPair = generator.generateKeyPair();
        ec = LocalSigner.of(ecPair.getPrivate(), random, sources);
        rsa = LocalSigner.of(rsaPair.getPrivate(), random, sources);
        ecVerifier = SignatureVerifier.of(ecPair.getPublic(), sources);
        rsaVerifier = SignatureVerifier.of(rsaPair.getPublic(), sources);
        decryption = RsaDecryption.of(rsaPair.getPrivate(), sources);
        ecSignature = ec.sign(SignatureAlgorithm.ECDSA_SHA256, message);
        rsaSignature = rsa.sign(SignatureAlgorithm.RSA_PKCS1_SHA256, message);
        byte[] key = new byte[32];
        random.nextBytes(key);
        seal = Aead.sealing(AeadAlgorithm.CHACHA20_POLY1305, key, 0, sources);
        open = Aead.opening(AeadAlgorithm.CHACHA20_POLY1305, key, 0, sources);
    }

    private byte[] keyPairAndAgreement(Group group) throws InvalidPublicValueException {
        EphemeralKey key = EphemeralKey.generate(group, random, sources);
        return key.agree(key.publicValue());
    }

    @Benchmark
    public byte[] x25519Pair() {
        return EphemeralKey.generate(Group.X25519, random, sources).publicValue();
    }

    @Benchmark
    public byte[] x25519() throws InvalidPublicValueException {
        return keyPairAndAgreement(Group.X25519);
    }

    @Benchmark
    public byte[] p256Pair() {
        return EphemeralKey.generate(Group.SECP256R1, random, sources).publicValue();
    }

    @Benchmark
    public byte[] p256() throws InvalidPublicValueException {
        return keyPairAndAgreement(Group.SECP256R1);
    }

    @Benchmark
    public byte[] p384() throws InvalidPublicValueException {
        return keyPairAndAgreement(Group.SECP384R1);
    }

    @Benchmark
    public byte[] p521() throws InvalidPublicValueException {
        return keyPairAndAgreement(Group.SECP521R1);
    }

    @Benchmark
    public byte[] ecdsaSign() throws GeneralSecurityException {
        return ec.sign(SignatureAlgorithm.ECDSA_SHA256, message);
    }

    @Benchmark
    public boolean ecdsaVerify() {
        return ecVerifier.verify(SignatureAlgorithm.ECDSA_SHA256, message, ecSignature);
    }

    @Benchmark
    public byte[] rsaSign() throws GeneralSecurityException {
        return rsa.sign(SignatureAlgorithm.RSA_PKCS1_SHA256, message);
    }

    @Benchmark
    public byte[] rsaPssSign() throws GeneralSecurityException {
        return rsa.sign(SignatureAlgorithm.RSA_PSS_SHA256, message);
    }

    @Benchmark
    public boolean rsaVerify() {
        return rsaVerifier.verify(SignatureAlgorithm.RSA_PKCS1_SHA256, message, rsaSignature);
    }

    @Benchmark
    public byte[] rsaDecrypt() throws GeneralSecurityException {
        return decryption.raw(rsaSignature);
    }

    /** A record's way, into a buffer of the network. */
    @Benchmark
    public int chacha20Seal() {
        nextNonce();
        return seal.seal(nonce, header, header.length, plain, 0, RECORD, sealed, 5);
    }

    /** Seals as well, as a record opens once. */
    @Benchmark
    public int chacha20SealAndOpen() {
        nextNonce();
        int length = seal.seal(nonce, header, header.length, plain, 0, RECORD, sealed, 5);
        return open.open(nonce, header, header.length, sealed, 5, length, opened, 0);
    }

    private void nextNonce() {
        int at = nonce.length - 1;
        while (++nonce[at] == 0) {
            at--;
        }
    }
}
