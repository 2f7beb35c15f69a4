using StackExchange.Redis;

namespace Lucid.ApiGateway.Limits;

/// <summary>
/// Limits and deny-list shared by all instances: one script per decision, with the time of Redis. While Redis is away the limits hold per
/// instance; denials are always kept in the process too.
/// </summary>
internal sealed partial class RedisRateLimiter(IConnectionMultiplexer redis, SlidingWindowLimiter local, TimeProvider clock, ILogger<RedisRateLimiter> logger) : IRateLimiter
{
    private const string Prefix = "gw:";

    // KEYS: denied subjects, then a window and a block per charge. ARGV: number of subjects, window ms, request id, then limit, cost, block ms per charge.
    // Answer: {"denied"}, {"full" | "blocked", charge, used, wait ms}, or {"ok", used 1, wait 1, …}.
    private const string Script = """
        local subjects, window = tonumber(ARGV[1]), tonumber(ARGV[2])
        for i = 1, subjects do
          if redis.call('EXISTS', KEYS[i]) == 1 then return {'denied'} end
        end
        local t = redis.call('TIME')
        local now = t[1] * 1000 + math.floor(t[2] / 1000)
        local charges = (#KEYS - subjects) / 2
        for i = 1, charges do
          local log, block = KEYS[subjects + 2 * i - 1], KEYS[subjects + 2 * i]
          local limit, blockFor = tonumber(ARGV[1 + 3 * i]), tonumber(ARGV[3 + 3 * i])
          redis.call('ZREMRANGEBYSCORE', log, '-inf', now - window)
          local used, left = redis.call('ZCARD', log), redis.call('PTTL', block)
          if left > 0 then return {'blocked', i, used, left} end
          if used >= limit then
            if blockFor > 0 then
              redis.call('SET', block, '1', 'PX', blockFor)
              return {'blocked', i, used, blockFor}
            end
            local oldest = redis.call('ZRANGE', log, 0, 0, 'WITHSCORES')
            return {'full', i, used, oldest[2] + window - now}
          end
        end
        local answer = {'ok'}
        for i = 1, charges do
          local log = KEYS[subjects + 2 * i - 1]
          if ARGV[2 + 3 * i] ~= '0' then
            redis.call('ZADD', log, now, ARGV[3])
            redis.call('PEXPIRE', log, window)
          end
          local oldest = redis.call('ZRANGE', log, 0, 0, 'WITHSCORES')
          answer[2 * i] = redis.call('ZCARD', log)
          answer[2 * i + 1] = oldest[2] and (oldest[2] + window - now) or 0
        end
        return answer
        """;

    public async ValueTask<RateDecision> DecideAsync(RateQuestion question, CancellationToken cancellationToken)
    {
        List<RedisKey> keys = [.. question.Subjects.Select(subject => (RedisKey)$"{Prefix}deny:{subject}")];
        List<RedisValue> arguments = [question.Subjects.Count, (long)RateRule.Window.TotalMilliseconds, Guid.CreateVersion7(clock.GetUtcNow()).ToString("N")];
        foreach (var charge in question.Charges)
        {
            keys.Add($"{Prefix}rate:{charge.FullKey}");
            keys.Add($"{Prefix}block:{charge.FullKey}");
            arguments.AddRange([charge.Rule.Limit, charge.Cost, (long)(charge.Rule.Block?.TotalMilliseconds ?? 0)]);
        }

        try
        {
            var answer = await redis.GetDatabase().ScriptEvaluateAsync(Script, [.. keys], [.. arguments]).WaitAsync(cancellationToken).ConfigureAwait(false);
            return Read((RedisResult[])answer!, question);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            LogLost(e);
            return await local.DecideAsync(question, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DenyAsync(string subject, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await local.DenyAsync(subject, until, cancellationToken).ConfigureAwait(false);
        var left = until - clock.GetUtcNow();
        var database = redis.GetDatabase();
        await (left > TimeSpan.Zero
            ? database.StringSetAsync($"{Prefix}deny:{subject}", "1", left)
            : database.KeyDeleteAsync($"{Prefix}deny:{subject}")).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private RateDecision Read(RedisResult[] answer, RateQuestion question)
    {
        switch ((string?)answer[0])
        {
            case "denied":
                return RateDecision.Denied;
            case "ok":
                RateState? tightest = null;
                for (var i = 0; i < question.Charges.Count; i++)
                {
                    if (question.Charges[i].Cost > 0)
                    {
                        tightest = RateState.Tighter(tightest, StateOf(question.Charges[i].Rule, (int)answer[1 + (2 * i)], (long)answer[2 + (2 * i)]));
                    }
                }

                return new RateDecision(false, tightest, null);
            case var refusal:
                var state = StateOf(question.Charges[(int)answer[1] - 1].Rule, (int)answer[2], (long)answer[3]);
                return new RateDecision(false, state, new RateRefusal(state, refusal == "blocked"));
        }
    }

    private RateState StateOf(RateRule rule, int used, long waitMilliseconds)
    {
        var wait = TimeSpan.FromMilliseconds(waitMilliseconds);
        return new RateState(rule, used, wait, clock.GetUtcNow() + wait);
    }

    [LoggerMessage(EventId = 3201, Level = LogLevel.Warning, Message = "Redis does not answer: limits hold per instance")]
    private partial void LogLost(Exception exception);
}
