package dev.lockstep.server.backend;

import java.util.Collections;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** The common name in the subject of a certificate. */
final class CommonName {

    /** In characters. X.520 has 64 at most. */
    static final int LONGEST = 256;

    private CommonName() {}

    /**
     * Returns the first common name of a subject, cut to {@link #LONGEST}, also if it shares its RDN with other attributes;
     * null if there is none that is text.
     */
    static @Nullable String of(X500Principal subject) {
        try {
            for (Rdn rdn : new LdapName(subject.getName()).getRdns()) {
                // An RDN's own type and value are those of one of its attributes only.
                Attribute names = rdn.toAttributes().get("CN");
                for (Object name : names == null ? Collections.emptyList() : Collections.list(names.getAll())) {
                    if (name instanceof String text) {
                        return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
                    }
                }
            }
            return null;
        } catch (NamingException e) {
            return null;
        }
    }
}
