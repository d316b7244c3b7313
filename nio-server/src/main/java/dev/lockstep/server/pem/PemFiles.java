package dev.lockstep.server.pem;

import dev.lockstep.server.UsageError;
import dev.lockstep.server.files.InputFile;
import dev.lockstep.server.files.TextEncoding;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

/**
 * Certificates and private keys from files in PEM, DER, PKCS#7 and PKCS#12, with an error for every way in which a file can
 * be the wrong one. Nothing in a file is passed over in silence.
 */
public final class PemFiles {

    private PemFiles() {}

    /** The certificates of a file in its order; at least one. */
    public static List<X509Certificate> certificates(String option, Path file) throws UsageError {
        return certificates(option, file, Reading.PLAIN);
    }

    /**
     * The certificates of a file, at least one: in the order of the file, those of PKCS#7 and PKCS#12, which have none, from
     * the leaf to its issuers.
     */
    public static List<X509Certificate> certificates(String option, Path file, Reading reading) throws UsageError {
        return new CertificateReader(option, file, reading).read(blocks(option, file, "certificate"));
    }

    /** The private key of a file that is not encrypted. */
    public static PrivateKey privateKey(String option, Path file) throws UsageError {
        return privateKey(option, file, Reading.PLAIN);
    }

    /**
     * The private key of a file: PKCS#8, also encrypted, PKCS#1, SEC1, OpenSSH's form without a password, or PKCS#12. All
     * but the last but one may be in DER.
     */
    public static PrivateKey privateKey(String option, Path file, Reading reading) throws UsageError {
        List<PemBlock> blocks = blocks(option, file, "private key");
        try {
            return new PrivateKeyReader(option, file, reading).read(blocks);
        } finally {
            blocks.stream().filter(PemBlock::isPrivateKey).forEach(block -> Arrays.fill(block.content(), (byte) 0));
        }
    }

    /** The blocks of a PEM file, or the one that a binary file amounts to, with {@link DerKind}'s name as its type. */
    private static List<PemBlock> blocks(String option, Path file, String wanted) throws UsageError {
        byte[] content = InputFile.bytes(option, file);
        if (DerKind.isSequence(content)) {
            DerKind kind = DerKind.of(content);
            return List.of(new PemBlock(kind.name(), 0, false, content));
        }
        byte[] text = TextEncoding.withoutMark(content);
        boolean isOurs = PemBlocks.isPem(text) && !ForeignFormat.isPgp(text);
        UsageError foreign = isOurs ? null : ForeignFormat.find(option, file, text);
        if (foreign != null) {
            throw foreign;
        }
        try {
            List<PemBlock> blocks = PemBlocks.parse(text);
            if (blocks.isEmpty()) {
                throw new UsageError(
                        option,
                        file + " holds no PEM " + wanted,
                        "give a file with -----BEGIN "
                                + (wanted.equals("certificate")
                                        ? "CERTIFICATE-----, the leaf first"
                                        : "PRIVATE KEY----- or a kin of it"));
            }
            return blocks;
        } catch (PemException e) {
            throw e.of(option, file);
        }
    }
}
