package dev.lockstep.jmh.bench;

import dev.lockstep.crypto.group.EphemeralKey;
import dev.lockstep.crypto.group.Group;
import dev.lockstep.crypto.group.InvalidPublicValueException;
import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.crypto.hash.Prf;
import dev.lockstep.crypto.hash.TranscriptHash;
import dev.lockstep.crypto.signature.LocalSigner;
import dev.lockstep.crypto.signature.SignatureAlgorithm;
import dev.lockstep.crypto.signature.SignatureVerifier;
import dev.lockstep.jmh.engine.Scenario;
import dev.lockstep.jmh.engine.ServerIdentity;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The primitives that a handshake cannot do without, and nothing between them: what Lockstep could reach at best. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
public class HandshakeFloorBenchmark {
    private static final int RANDOM = 32;
    private static final int MASTER_SECRET = 48;
    private static final int KEY_BLOCK = 40;
    private static final int VERIFY_DATA = 12;
    private static final int TRANSCRIPT = 1200;

    @Param
    public Scenario scenario = Scenario.ECDHE_ECDSA_X25519;

    private final SecureRandom random = new SecureRandom();
    private final byte[] randoms = new byte[2 * RANDOM];
    private final byte[] messages = new byte[TRANSCRIPT];
    private Group group;
    private byte[] peer;
    private LocalSigner signer;
    private KeyPair clientKey;
    private SignatureVerifier authority;
    private byte[] clientSignature;
    private SignatureAlgorithm algorithm;

    @Setup
    public void prepare() throws GeneralSecurityException {
        group = scenario.isX25519() ? Group.X25519 : Group.SECP256R1;
        peer = EphemeralKey.generate(group, random).publicValue();
        signer = LocalSigner.of(ServerIdentity.create(scenario).key(), random);
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        clientKey = generator.generateKeyPair();
        clientSignature =
                LocalSigner.of(clientKey.getPrivate(), random).sign(SignatureAlgorithm.ECDSA_SHA256, messages);
        authority = SignatureVerifier.of(clientKey.getPublic());
        algorithm = scenario.isEcdsa() ? SignatureAlgorithm.ECDSA_SHA256 : SignatureAlgorithm.RSA_PKCS1_SHA256;
    }

    @Benchmark
    public byte[] primitives(Meter meter) throws GeneralSecurityException, InvalidPublicValueException {
        meter.start();
        byte[] serverRandom = new byte[RANDOM];
        random.nextBytes(serverRandom);
        EphemeralKey key = EphemeralKey.generate(group, random);
        byte[] point = key.publicValue();
        byte[] signed = new byte[randoms.length + 4 + point.length];
        System.arraycopy(point, 0, signed, randoms.length + 4, point.length);
        byte[] signature = signer.sign(algorithm, signed);
        byte[] premaster = key.agree(peer);
        TranscriptHash transcript = new TranscriptHash();
        transcript.update(messages, 0, messages.length);
        transcript.choose(HashAlgorithm.SHA256);
        Prf prf = Prf.sha256();
        byte[] master = prf.derive(premaster, "extended master secret", transcript.snapshot(), MASTER_SECRET);
        prf.derive(master, "key expansion", randoms, KEY_BLOCK);
        prf.derive(master, "client finished", transcript.snapshot(), VERIFY_DATA);
        transcript.update(signature, 0, VERIFY_DATA);
        byte[] finished = prf.derive(master, "server finished", transcript.snapshot(), VERIFY_DATA);
        if (scenario.hasClientCertificate()) {
            // the certificate by the authority's key, which is kept, and the proof of possession by one not seen before
            authority.verify(SignatureAlgorithm.ECDSA_SHA256, messages, clientSignature);
            SignatureVerifier.of(clientKey.getPublic())
                    .verify(SignatureAlgorithm.ECDSA_SHA256, messages, clientSignature);
        }
        meter.stop();
        meter.sample(1);
        return finished;
    }
}
