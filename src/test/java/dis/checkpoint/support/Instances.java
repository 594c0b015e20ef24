package dis.checkpoint.support;

import jakarta.enterprise.inject.Instance;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;

/** CDI instances for classes that a test creates itself. */
public final class Instances {

    private Instances() {}

    /** An instance of which every method returns the supplied value. */
    @SuppressWarnings("unchecked")
    public static <T> Instance<T> of(Supplier<T> supplier) {
        return (Instance<T>) Proxy.newProxyInstance(
                Instances.class.getClassLoader(),
                new Class<?>[] {Instance.class},
                (proxy, method, arguments) -> supplier.get());
    }
}
