package dev.lockstep.server.certificate;

import dev.lockstep.tls.peer.PkixVerifier;
import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/**
 * What is legal about trusted certificates and revocation lists and still likely to be a mistake: each of these refuses
 * clients, and none of them is visible before a client comes.
 */
public final class ClientTrustWarnings {

    private final String authorities;
    private final String crls;
    private final Instant now;
    private final List<String> warnings = new ArrayList<>();

    private ClientTrustWarnings(String authorities, String crls, Instant now) {
        this.authorities = authorities;
        this.crls = crls;
        this.now = now;
    }

    /**
     * Returns one line for each thing to say.
     *
     * @param authorities the option that names the trusted certificates
     * @param crls the option that names the lists
     * @param lists every list that was read
     * @param checked whether revocation lists were given
     */
    public static List<String> of(
            String authorities,
            String crls,
            List<X509Certificate> trusted,
            List<X509CRL> lists,
            boolean checked,
            Instant now) {
        ClientTrustWarnings all = new ClientTrustWarnings(authorities, crls, now);
        trusted.forEach(all::trusted);
        if (checked) {
            lists.forEach(all::list);
            trusted.forEach(each -> all.revocation(each, lists));
        }
        return List.copyOf(all.warnings);
    }

    /**
     * Returns those of the lines that time alone brings about. Cheap, so that it can be asked for often.
     *
     * @param authorities the option that names the trusted certificates
     * @param crls the option that names the lists
     */
    public static List<String> ofDates(
            String authorities, String crls, List<X509Certificate> trusted, List<X509CRL> lists, Instant now) {
        ClientTrustWarnings all = new ClientTrustWarnings(authorities, crls, now);
        trusted.forEach(all::dates);
        lists.forEach(all::list);
        return List.copyOf(all.warnings);
    }

    private void trusted(X509Certificate certificate) {
        if (!PkixVerifier.isAuthority(certificate)) {
            warnings.add(authorities + ": " + name(certificate)
                    + " is no authority (CA:TRUE and keyCertSign), so that only the client that"
                    + " has this certificate is accepted, and no certificate that it signed");
        }
        dates(certificate);
    }

    private void dates(X509Certificate certificate) {
        String name = name(certificate);
        if (now.isAfter(certificate.getNotAfter().toInstant())) {
            warnings.add(authorities + ": " + name + " expired on "
                    + certificate.getNotAfter().toInstant()
                    + (PkixVerifier.isAuthority(certificate)
                            ? "; its clients are still accepted"
                            : " and is not accepted"));
        }
    }

    private void list(X509CRL list) {
        Date next = list.getNextUpdate();
        String name = list.getIssuerX500Principal().getName();
        if (next != null && now.isAfter(next.toInstant())) {
            warnings.add(crls + ": the list of " + name + " was due to be replaced on " + next.toInstant()
                    + ", so that every client of this authority is refused until it is");
        } else if (now.isBefore(list.getThisUpdate().toInstant())) {
            warnings.add(crls + ": the list of " + name + " is in force from "
                    + list.getThisUpdate().toInstant() + " on");
        }
    }

    private void revocation(X509Certificate certificate, List<X509CRL> lists) {
        if (PkixVerifier.isAuthority(certificate)) {
            if (lists.stream().noneMatch(each -> isSignedBy(each, certificate))) {
                warnings.add(crls + ": no list is signed by " + name(certificate)
                        + ", so that every client of this authority is refused");
            }
        } else if (!certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
                && lists.stream().noneMatch(each -> each.getIssuerX500Principal()
                        .equals(certificate.getIssuerX500Principal()))) {
            warnings.add(crls + ": no list is from "
                    + certificate.getIssuerX500Principal().getName() + ", so that " + name(certificate)
                    + " is refused");
        }
    }

    private static boolean isSignedBy(X509CRL list, X509Certificate authority) {
        if (!list.getIssuerX500Principal().equals(authority.getSubjectX500Principal())) {
            return false;
        }
        try {
            list.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static String name(X509Certificate certificate) {
        String name = certificate.getSubjectX500Principal().getName();
        return name.isEmpty() ? "a certificate without a name" : name;
    }
}
