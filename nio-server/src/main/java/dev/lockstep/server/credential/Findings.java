package dev.lockstep.server.credential;

import dev.lockstep.server.UsageError;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * What comes up while a configuration is loaded: warnings, keys whose holder is away, and problems, of which the first ends
 * the loading or all are collected. For one thread and one loading.
 */
public final class Findings {

    /** A part of a configuration that can be loaded without the others. */
    @FunctionalInterface
    public interface Part {
        /** Loads it. */
        void load() throws UsageError;
    }

    /**
     * A key whose holder does not answer.
     *
     * @param standIn whether something serves in its place that only fails, until the configuration is loaded again
     * @param line what is awaited, as "option: what"
     */
    public record Awaited(X509Certificate certificate, boolean standIn, String line) {}

    private final boolean collecting;
    private final List<String> warnings = new ArrayList<>();
    private final List<Awaited> awaited = new ArrayList<>();
    private final List<UsageError> problems = new ArrayList<>();

    private Findings(boolean collecting) {
        this.collecting = collecting;
    }

    /** The first problem ends the loading. */
    public static Findings failing() {
        return new Findings(false);
    }

    /** Loading continues with the next part, so that all problems are found. */
    public static Findings collecting() {
        return new Findings(true);
    }

    /** Loads a part; its problem is thrown or collected. */
    public void attempt(Part part) throws UsageError {
        try {
            part.load();
        } catch (UsageError e) {
            if (!collecting) {
                throw e;
            }
            if (problems.stream().noneMatch(known -> known.getMessage().equals(e.getMessage()))) {
                problems.add(e); // two parts may need the same option
            }
        }
    }

    /** Something that is legal and likely to be a mistake, as "option: what". */
    public void warn(String line) {
        if (!warnings.contains(line)) {
            warnings.add(line);
        }
    }

    /** The holder of a key does not answer. */
    public void await(Awaited key) {
        awaited.add(key);
    }

    /** The warnings, in the order in which they came up. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** The keys whose holder is away; if there are any, the configuration is to be loaded again later. */
    public List<Awaited> awaited() {
        return List.copyOf(awaited);
    }

    /** The problems that were collected. */
    public List<UsageError> problems() {
        return List.copyOf(problems);
    }
}
