package dev.lockstep.fuzz;

/**
 * Code that reads bytes from elsewhere, with what must be true of it for any bytes: it returns or throws only its own
 * exception, it takes bounded memory and steps, and what it accepts means the same when it is written and read again.
 */
@FunctionalInterface
public interface Target {

    /**
     * Gives the code an input. Whatever this throws is a finding: the exceptions of the contract are caught inside.
     *
     * @param input any bytes; not changed
     */
    void run(byte[] input) throws Exception;
}
