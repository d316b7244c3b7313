package dev.lockstep.keys.uri;

import java.nio.file.Path;
import java.security.InvalidParameterException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which slot of a PKCS#11 library holds a token of a given label.
 *
 * <p>The JDK's provider is told a slot, not a label, and has no call that tells labels. It does print them: a
 * configuration with {@code showInfo} writes what the library says about slots and tokens to the standard output, which is
 * read here. This needs no login, so no wrong token ever sees a PIN.
 */
final class TokenSlots {

    private static final Pattern SLOTS = Pattern.compile("^Slots with tokens: ([0-9, ]*)$", Pattern.MULTILINE);
    private static final Pattern FACT = Pattern.compile("^ +(label|manufacturerID|model|serialNumber|slotDescription"
            + "|libraryDescription|libraryVersion): (.*)$");

    /** What begins the lines about the library, the slot and the token, and what stands before their names here. */
    private static final Map<String, String> SECTIONS =
            Map.of("Library info:", "library ", "Slot info for slot", "slot ", "Token info for token", "");

    private TokenSlots() {}

    /**
     * Returns the number of the only slot whose token says all of {@code wanted} about itself.
     *
     * @throws IllegalArgumentException when there is none or more than one, or the library does not answer
     */
    static long find(Path library, Map<String, String> wanted) {
        List<Long> found = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        for (long slot : slots(library)) {
            Map<String, String> facts = facts(library, slot);
            String label = facts.get("label");
            if (label != null) {
                labels.add("'" + label + "' in slot " + slot);
            }
            if (facts.entrySet().containsAll(wanted.entrySet())) {
                found.add(slot);
            }
        }
        if (found.size() == 1) {
            return found.get(0);
        }
        throw new IllegalArgumentException("uri: " + (found.isEmpty() ? "no token" : "more than one token") + " of "
                + library + " is as described; there "
                + (labels.isEmpty() ? "is none" : (labels.size() == 1 ? "is " : "are ") + String.join(", ", labels))
                + (found.isEmpty() ? "" : ", tell them apart with slot-id or serial"));
    }

    private static List<Long> slots(Path library) {
        String printed = shown(library, "slotListIndex = 0");
        Matcher line = SLOTS.matcher(printed);
        List<Long> slots = new ArrayList<>();
        if (line.find()) {
            for (String number : line.group(1).split(",", -1)) {
                if (!number.isBlank()) {
                    slots.add(Long.parseLong(number.strip()));
                }
            }
        }
        return slots;
    }

    private static Map<String, String> facts(Path library, long slot) {
        String printed = shown(library, "slot = " + slot);
        Map<String, String> facts = new LinkedHashMap<>();
        String prefix = "?";
        for (String line : printed.split("\n", -1)) {
            for (Map.Entry<String, String> section : SECTIONS.entrySet()) {
                prefix = line.startsWith(section.getKey()) ? section.getValue() : prefix;
            }
            Matcher fact = FACT.matcher(line);
            if (fact.matches()) {
                // PKCS#11 pads with blanks; the mechanisms that follow have no such lines.
                facts.putIfAbsent(prefix + fact.group(1), fact.group(2).stripTrailing());
            }
        }
        // RFC 7512 2.3: "M.N" in decimal, where the provider prints the second number with two digits.
        facts.computeIfPresent("library libraryVersion", (name, version) -> version.replaceFirst("\\.0(\\d)$", ".$1"));
        return facts;
    }

    /** What the provider prints about a slot; a slot without a usable token makes it throw after it has printed. */
    private static synchronized String shown(Path library, String slot) {
        Provider base = Security.getProvider("SunPKCS11");
        if (base == null) {
            throw new IllegalArgumentException(
                    "uri: this Java runtime has no SunPKCS11 provider; add the module jdk.crypto.cryptoki");
        }
        CapturedOutput output = CapturedOutput.begin();
        RuntimeException refusal = null;
        String printed;
        try {
            base.configure("--name = LockstepSlots\nlibrary = \"" + library + "\"\n" + slot + "\nshowInfo = true\n");
        } catch (ProviderException | InvalidParameterException e) {
            refusal = e;
        } finally {
            printed = output.end();
        }
        if (refusal != null && printed.isEmpty()) {
            throw new IllegalArgumentException(
                    "uri: " + library + " does not answer as a PKCS#11 library; check module-path and the"
                            + " library's configuration",
                    refusal);
        }
        return printed;
    }
}
