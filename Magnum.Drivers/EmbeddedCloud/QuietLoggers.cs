using Microsoft.Extensions.Logging;

namespace Magnum.Drivers.EmbeddedCloud;

/// <summary>Lets the cloud's web server complain into the process's log, but not tell of every request: those of the process itself matter there.</summary>
internal sealed class QuietLoggers(ILoggerFactory loggers) : ILoggerFactory
{
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The process decides where its log goes.");

    public ILogger CreateLogger(string categoryName) => new Quiet(loggers.CreateLogger(categoryName));

    /// <summary>The factory that was given belongs to the process.</summary>
    public void Dispose()
    {
    }

    private sealed class Quiet(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning && inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
