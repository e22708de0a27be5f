"""The services and questions about heating and cooling."""

from app.services.demonstration.outlines import AnswerOutline as Answer
from app.services.demonstration.outlines import QuestionOutline as Question
from app.services.demonstration.outlines import ServiceOutline as Service

SERVICES = (
    Service(
        key="ac-repair",
        title="AC Repair",
        description="Find out why your air conditioner or heat pump is not cooling, and fix it.",
        icon="snowflake",
        job_type_id="5501",
        job_type_name="HVAC - AC Repair",
        asks="system-age",
    ),
    Service(
        key="ac-tune-up",
        title="AC Tune-Up",
        description="A 21-point check and cleaning before the hot weeks.",
        icon="fan",
        job_type_id="5502",
        job_type_name="HVAC - AC Maintenance",
        asks="last-service",
    ),
    Service(
        key="furnace-repair",
        title="Heating Repair",
        description="Get a furnace, boiler or heat pump to heat again.",
        icon="flame",
        job_type_id="5511",
        job_type_name="HVAC - Heating Repair",
        asks="system-age",
    ),
    Service(
        key="furnace-tune-up",
        title="Heating Tune-Up",
        description="Safety check, cleaning and combustion test before winter.",
        icon="heater",
        job_type_id="5512",
        job_type_name="HVAC - Heating Maintenance",
        asks="last-service",
    ),
    Service(
        key="replacement-estimate",
        title="New System Estimate",
        description="A comfort advisor measures your home and quotes on the spot. Free of charge.",
        icon="clipboard-list",
        job_type_id="5590",
        job_type_name="HVAC - Sales Estimate",
        asks="home-size",
    ),
)

QUESTIONS = (
    Question(
        key="cooling-symptom",
        title="What is the air conditioner doing?",
        help_text="Choose the closest one; the technician looks at everything anyway.",
        icon="thermometer-sun",
        options=(
            Answer("It runs, but the air is warm", "ac-repair", "wind"),
            Answer("It does not turn on", "thermostat", "power-off"),
            Answer("It leaks water or ices up", "ac-repair", "droplets"),
            Answer("It makes a loud noise", "ac-repair", "volume-2"),
            Answer("Some rooms stay hot", "ac-repair", "house"),
            Answer("It is beyond repair", "replace-reason", "circle-dollar-sign"),
        ),
    ),
    Question(
        key="thermostat",
        title="Is the display of the thermostat on?",
        icon="gauge",
        options=(
            Answer("Yes", "ac-repair"),
            Answer("No, it is blank", "ac-repair"),
            Answer("I am not sure", "ac-repair"),
        ),
    ),
    Question(
        key="heating-symptom",
        title="What is the heating doing?",
        icon="thermometer-snowflake",
        options=(
            Answer("There is no heat at all", "heat-source", "snowflake"),
            Answer("It heats, but not enough", "furnace-repair", "thermometer"),
            Answer("It turns on and off all the time", "furnace-repair", "clock"),
            Answer("It smells odd", "heating-smell", "wind"),
            Answer("It is beyond repair", "replace-reason", "circle-dollar-sign"),
        ),
    ),
    Question(
        key="heat-source",
        title="What heats your home?",
        icon="heater",
        options=(
            Answer("A gas furnace", "furnace-repair", "flame"),
            Answer("A heat pump", "furnace-repair", "fan"),
            Answer("A boiler with radiators", "furnace-repair", "waves"),
            Answer("An electric furnace", "furnace-repair", "zap"),
        ),
    ),
    Question(
        key="heating-smell",
        title="What does it smell of?",
        help_text="If you smell gas, leave the house first and call your gas company.",
        icon="triangle-alert",
        options=(
            Answer("Dust or something burnt", "furnace-repair"),
            Answer("Gas. We are outside, and the gas company knows", "furnace-repair", "siren"),
            Answer("Something else", "furnace-repair"),
        ),
    ),
    Question(
        key="tune-up",
        title="What should we tune up?",
        icon="wrench",
        options=(
            Answer("The air conditioner or heat pump", "ac-tune-up", "snowflake"),
            Answer("The furnace or boiler", "furnace-tune-up", "flame"),
        ),
    ),
    Question(
        key="replace-reason",
        title="Why would you like a new system?",
        icon="sparkles",
        options=(
            Answer("It breaks down too often", "replacement-estimate", "hammer"),
            Answer("It stopped for good", "replacement-estimate", "power-off"),
            Answer("My bills are too high", "replacement-estimate", "circle-dollar-sign"),
            Answer("I am renovating or building", "replacement-estimate", "house"),
        ),
    ),
    Question(
        key="system-age",
        title="How old is the system?",
        help_text="The label on the outdoor unit or the furnace door tells.",
        icon="calendar",
        options=(
            Answer("5 to 10 years"),
            Answer("10 to 15 years"),
            Answer("Over 15 years"),
            Answer("Under 5 years"),
            Answer("I do not know"),
        ),
    ),
    Question(
        key="last-service",
        title="When was it last serviced?",
        icon="calendar-check",
        options=(
            Answer("One to three years ago"),
            Answer("Within the last year"),
            Answer("Longer ago, or never"),
        ),
    ),
    Question(
        key="home-size",
        title="How large is your home?",
        icon="house",
        options=(
            Answer("1,500 to 2,500 square feet"),
            Answer("Under 1,500 square feet"),
            Answer("Over 2,500 square feet"),
        ),
    ),
)
