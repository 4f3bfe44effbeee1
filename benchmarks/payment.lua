-- One payment a request for wrk, each with ids of its own; ids begin with 8, which the Python generator never uses. The first company has limits.
local threads = 0
local companies = 10
local companies_banks = 4

function setup(thread)
  threads = threads + 1
  thread:set("place", threads)
end

function init(args)
  sent = 0
end

function request()
  local number = sent * 8 + place
  sent = sent + 1
  local company = 1 + number % companies
  local name = string.format("%02d", company + 1)
  local body = string.format(
    '{"type":"InstructPayment","message_id":"W-%d","bank":"SIMB%d","order":{"uetr":"8%07x-0000-4000-8000-%012x",' ..
    '"end_to_end_id":"W2E-%d","debtor_account":"FT-OTC%s","creditor_account":"HK-SUPPLIER-%03d",' ..
    '"currency":"USD","amount":%d,"trade_type":"RESALE","creditor_agent":"SIMOHK22XXX",' ..
    '"creditor_name":"Simulated Supplier HK","creditor_country":"HK"}}',
    number, company % companies_banks + 1, place, number, number, name, number % 200, 100 + number % 100)
  return wrk.format("POST", "/v1/commands", {
    ["Authorization"] = "Bearer sandbox-otc" .. name .. "-treasurer",
    ["Idempotency-Key"] = "w-" .. number,
    ["Content-Type"] = "application/json",
  }, body)
end

function done(summary, latency, requests)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read
    + summary.errors.write + summary.errors.timeout
  io.write(string.format(
    '\n{"acknowledged": %d, "errors": %d, "seconds": %.6f, "p50_ms": %.3f, "p99_ms": %.3f}\n',
    summary.requests - summary.errors.status, bad, summary.duration / 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
