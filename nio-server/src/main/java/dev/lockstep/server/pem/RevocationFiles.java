package dev.lockstep.server.pem;

import dev.lockstep.server.UsageError;
import dev.lockstep.server.files.InputFile;
import dev.lockstep.server.files.TextEncoding;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Files with revocation lists in PEM or DER. The lists of large authorities have tens of megabytes. */
public final class RevocationFiles {

    /** The largest file, in bytes: a list of 100 MB in PEM. It takes about ten times the 100 MB in memory. */
    public static final int LARGEST = 140_000_000;

    private RevocationFiles() {}

    /**
     * The lists of a file, at least one.
     *
     * @param option that named the file
     * @param notes receives a line for everything else in the file, but for certificates
     */
    public static List<X509CRL> read(String option, Path file, Consumer<String> notes) throws UsageError {
        byte[] content = InputFile.bytes(option, file, LARGEST);
        List<X509CRL> lists = new ArrayList<>();
        if (DerKind.isSequence(content)) {
            add(lists, option, file, "in DER", content);
        } else {
            readPem(lists, option, file, TextEncoding.withoutMark(content), notes);
        }
        if (lists.isEmpty()) {
            throw new UsageError(
                    option, file + " holds no revocation list", "give a file with -----BEGIN X509 CRL-----");
        }
        return lists;
    }

    private static void readPem(List<X509CRL> lists, String option, Path file, byte[] text, Consumer<String> notes)
            throws UsageError {
        try {
            for (PemBlock block : PemBlocks.parse(text)) {
                if (block.type().equals("X509 CRL") || block.isPkcs7()) {
                    add(lists, option, file, block.where(), block.content());
                } else if (!block.isCertificate()) { // authorities often stand beside their lists
                    notes.accept(option + ": " + file + " " + block.where() + " is not used: "
                            + Harmless.describe(block.type()));
                }
            }
        } catch (PemException e) {
            throw e.of(option, file);
        }
        UsageError foreign = lists.isEmpty() ? ForeignFormat.find(option, file, text) : null;
        if (foreign != null) {
            throw foreign;
        }
    }

    private static void add(List<X509CRL> lists, String option, Path file, String where, byte[] der) throws UsageError {
        try {
            CertificateFactory.getInstance("X.509")
                    .generateCRLs(new ByteArrayInputStream(der))
                    .forEach(list -> lists.add((X509CRL) list));
        } catch (CRLException | CertificateException | RuntimeException e) { // a boundary: decoders fail in many ways
            throw new UsageError(
                    option,
                    file + " holds no revocation list that can be read (" + where + ": "
                            + DerKind.of(der).description() + ")",
                    "fetch the file again");
        }
    }
}
