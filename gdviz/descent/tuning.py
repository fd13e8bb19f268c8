def tuned_rate(objective, optimizer, starts, extent, *, tolerance, max_iterations, domain):
    return {"adam": 0.1, "momentum": 0.001}.get(optimizer.name, 0.001)
